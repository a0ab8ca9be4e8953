"""The settings of publishing: what docs/settings.md has below that heading."""

from typing import Annotated

from msgspec import Meta

from newsgen.config.reader import Count, Table, matching

Target = Annotated[
    str,
    matching(
        r"^(?:git\+[^-\s]\S*#\w[\w./-]*|rsync://\S+|[\w\[][\w.@\[\]:-]*:(?!//)\S*)$",
        "is no target such as rsync://host.example/wire/, host.example:/srv/wire/ or git+ssh://git@host.example/wire.git#pages",
    ),
]


class Publish(Table, frozen=True):
    """Editions: how many are kept, where else the live one is sent, and how many files one sending may remove there."""

    keep: Annotated[int, Meta(ge=2)] = 5
    targets: tuple[Target, ...] = ()
    max_deletes: Annotated[int, Meta(ge=0)] = 1000


class Guards(Table, frozen=True):
    """What keeps the old edition live: percent of pages or articles that are gone, articles left out for errors, broken links."""

    loss: Annotated[float, Meta(ge=0, le=100)] = 20
    errors: Annotated[int, Meta(ge=0)] = 100
    broken_links: Annotated[int, Meta(ge=0)] = 0


Address = Annotated[str, matching(r"^https?://[^\s/]+\S*$", "is not an address of http or https")]


class Announce(Table, frozen=True):
    """Who is told of a new edition: hubs of WebSub, search engines by IndexNow with this key, a webhook."""

    websub: tuple[Address, ...] = ()
    indexnow: Annotated[str, matching(r"^(?:[A-Za-z0-9-]{8,128})?$", "is not a key of 8 to 128 letters, digits and hyphens")] = ""
    indexnow_url: Address = "https://api.indexnow.org/indexnow"
    webhook: Annotated[str, matching(r"^(?:https?://[^\s/]+\S*)?$", "is not an address of http or https")] = ""


class Nightly(Table, frozen=True):
    """The nightly job: whether it fetches pictures, for how many minutes at most (0: however long it takes), and how many reports
    are kept."""

    fetch: bool = True
    fetch_minutes: Annotated[float, Meta(ge=0)] = 10
    reports: Count = 30
