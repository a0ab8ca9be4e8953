"""The settings for publishing: see "Publishing" in docs/settings.md."""

from typing import Annotated, Literal

from msgspec import Meta

from newsgen.config.bucket import BUCKET, Address, Bucket
from newsgen.config.reader import Count, Table, matching

Target = Annotated[
    str,
    matching(
        rf"^(?:git\+[^-\s]\S*#\w[\w./-]*|rsync://\S+|{BUCKET}"
        r"|[\w\[][\w.@\[\]:-]*:(?!//)\S*)$",
        "is not a target such as rsync://host.example/wire/, host.example:/srv/wire/, "
        "s3://bucket/wire or git+ssh://git@host.example/wire.git#pages",
    ),
]


class TargetBucket(Bucket, frozen=True):
    """A folder of an object store as a target. With `compress`, text is stored compressed."""

    compress: Literal["", "gzip", "brotli"] = ""


class Publish(Table, frozen=True):
    """Settings for editions, and for the targets that receive the live one."""

    keep: Annotated[int, Meta(ge=2)] = 5
    """How many editions to keep, the live one included. At least 2."""
    targets: tuple[Target | TargetBucket, ...] = ()
    """Where else to send the live edition: `rsync://HOST/MODULE/PATH/`, `HOST:/PATH/` (ssh),
    `git+URL#BRANCH`, a bucket such as `s3://BUCKET/PREFIX`, or a mapping with a bucket's `url`,
    `endpoint`, `region` and `compress` ([object stores](publishing.md#object-stores))."""
    max_deletes: Annotated[int, Meta(ge=0)] = 1000
    """How many files one upload may remove at a target. If it would remove more, nothing is sent
    there."""


class Guards(Table, frozen=True):
    """Limits beyond which the old edition stays live."""

    loss: Annotated[float, Meta(ge=0, le=100)] = 20
    """Percent. If more of the pages or of the articles are gone, the old edition stays."""
    errors: Annotated[int, Meta(ge=0)] = 100
    """How many articles may be left out because of errors (`newsgen nightly`). Codes in
    `check.allow` do not count."""
    broken_links: Annotated[int, Meta(ge=0)] = 0
    """How many links within the site may be newly broken (`newsgen nightly`)."""


class Announce(Table, frozen=True):
    """Who is notified of a new edition: WebSub hubs, search engines (IndexNow), a webhook."""

    websub: tuple[Address, ...] = ()
    """WebSub hubs to notify of changed feeds. The feeds name them."""
    indexnow: Annotated[
        str,
        matching(
            r"^(?:[A-Za-z0-9-]{8,128})?$", "is not a key of 8 to 128 letters, digits and hyphens"
        ),
    ] = ""
    """An IndexNow key. With it, newsgen tells search engines which pages changed. They look for the
    file `KEY.txt` with the key in it: put it into the static folder."""
    indexnow_url: Address = "https://api.indexnow.org/indexnow"
    """The search engine to notify. It notifies the others."""
    webhook: Annotated[
        str, matching(r"^(?:https?://[^\s/]+\S*)?$", "is not an http or https address")
    ] = ""
    """An address that receives what changed, as JSON (POST)."""


class Cdn(Table, frozen=True):
    """Content delivery networks to notify of changed addresses. The environment has the tokens."""

    file: str = ""
    """A file, relative to the site's folder, that receives the addresses that the last edition
    changed, one a line."""
    cloudflare: Annotated[str, matching(r"^(?:[0-9a-f]{32})?$", "is not the ID of a zone")] = ""
    """The ID of a zone of Cloudflare. newsgen purges its copies of what changed.
    `CLOUDFLARE_API_TOKEN` in the environment is a token with the permission to purge."""
    cloudflare_url: Address = "https://api.cloudflare.com/client/v4"
    """Where Cloudflare is asked."""
    fastly: bool = False
    """Whether Fastly purges its copies of what changed, with the token `FASTLY_API_TOKEN`."""
    fastly_url: Address = "https://api.fastly.com"
    """Where Fastly is asked."""
    cloudfront: Annotated[
        str, matching(r"^(?:[A-Z0-9]{1,64})?$", "is not the ID of a distribution")
    ] = ""
    """The ID of a distribution of CloudFront. newsgen invalidates its copies of what changed. Needs
    `pip install "newsgen[cloudfront]"`, and credentials where Amazon's own tools look for them."""
    cloudfront_url: Address = "https://cloudfront.amazonaws.com"
    """Where CloudFront is asked."""


class Nightly(Table, frozen=True):
    """The nightly job."""

    gather: bool = True
    """Whether `newsgen nightly` first [gathers](gathering.md) the feeds in `feeds.yaml`, if there
    is such a file."""
    gather_minutes: Annotated[float, Meta(ge=0)] = 5
    """The time limit for this. Feeds not requested by then come first the next time. `0` means no
    limit."""
    fetch: bool = True
    """Whether `newsgen nightly` first downloads the [images](#images) that pages show, as `newsgen
    images fetch` does."""
    fetch_minutes: Annotated[float, Meta(ge=0)] = 10
    """The time limit for this. Images not requested by then come first the next time, and the
    report counts them. `0` means no limit."""
    reports: Count = 30
    """How many reports of `newsgen nightly` to keep."""
