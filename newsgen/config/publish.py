"""The settings for publishing: see "Publishing" in docs/settings.md."""

from typing import Annotated, Literal

from msgspec import Meta

from newsgen.config.reader import Count, Table, matching

_BUCKET = r"(?:s3|gs|az)://[^\s/?#]+(?:/[^\s?#]*)?"
Target = Annotated[
    str,
    matching(
        rf"^(?:git\+[^-\s]\S*#\w[\w./-]*|rsync://\S+|{_BUCKET}"
        r"|[\w\[][\w.@\[\]:-]*:(?!//)\S*)$",
        "is not a target such as rsync://host.example/wire/, host.example:/srv/wire/, "
        "s3://bucket/wire or git+ssh://git@host.example/wire.git#pages",
    ),
]
Address = Annotated[str, matching(r"^https?://[^\s/]+\S*$", "is not an http or https address")]


class Bucket(Table, frozen=True):
    """A folder of an object store as a target.

    `url` is its address, such as `s3://bucket/wire`. `endpoint` is the address of a store that is
    not Amazon's, and `region` its region. With `compress`, text is stored compressed. Credentials
    come from the environment.
    """

    url: Annotated[
        str, matching(rf"^{_BUCKET}$", "is not the address of a bucket, such as s3://bucket/wire")
    ]
    endpoint: Address | None = None
    region: str = ""
    compress: Literal["", "gzip", "brotli"] = ""


class Publish(Table, frozen=True):
    """Settings for editions.

    `keep` is how many editions stay, and `targets` are other places that receive the live one.
    `max_deletes` is how many files one upload may remove there.
    """

    keep: Annotated[int, Meta(ge=2)] = 5
    targets: tuple[Target | Bucket, ...] = ()
    max_deletes: Annotated[int, Meta(ge=0)] = 1000


class Guards(Table, frozen=True):
    """Limits beyond which the old edition stays live.

    `loss` is the percentage of pages or articles that disappear, `errors` the number of articles
    left out because of errors, `broken_links` the number of broken links.
    """

    loss: Annotated[float, Meta(ge=0, le=100)] = 20
    errors: Annotated[int, Meta(ge=0)] = 100
    broken_links: Annotated[int, Meta(ge=0)] = 0


class Announce(Table, frozen=True):
    """Who is notified of a new edition: WebSub hubs, search engines (IndexNow), a webhook."""

    websub: tuple[Address, ...] = ()
    indexnow: Annotated[
        str,
        matching(
            r"^(?:[A-Za-z0-9-]{8,128})?$", "is not a key of 8 to 128 letters, digits and hyphens"
        ),
    ] = ""
    indexnow_url: Address = "https://api.indexnow.org/indexnow"
    webhook: Annotated[
        str, matching(r"^(?:https?://[^\s/]+\S*)?$", "is not an http or https address")
    ] = ""


class Cdn(Table, frozen=True):
    """Content delivery networks that are told which addresses changed.

    `cloudflare` is the ID of a zone, `cloudfront` that of a distribution, and `fastly` is true if
    Fastly serves the site. `file` receives the addresses too, one a line. Tokens come from the
    environment.
    """

    file: str = ""
    cloudflare: Annotated[str, matching(r"^(?:[0-9a-f]{32})?$", "is not the ID of a zone")] = ""
    cloudflare_url: Address = "https://api.cloudflare.com/client/v4"
    fastly: bool = False
    fastly_url: Address = "https://api.fastly.com"
    cloudfront: Annotated[
        str, matching(r"^(?:[A-Z0-9]{1,64})?$", "is not the ID of a distribution")
    ] = ""
    cloudfront_url: Address = "https://cloudfront.amazonaws.com"


class Nightly(Table, frozen=True):
    """The nightly job.

    `gather` turns the gathering of feeds on, and `fetch` the download of images. `gather_minutes`
    and `fetch_minutes` limit them (0: no limit). `reports` is how many reports are kept.
    """

    gather: bool = True
    gather_minutes: Annotated[float, Meta(ge=0)] = 5
    fetch: bool = True
    fetch_minutes: Annotated[float, Meta(ge=0)] = 10
    reports: Count = 30
