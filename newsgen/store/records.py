"""The cache's records, from one build to the next: files, what was rendered, and why."""

from msgspec import Raw

from newsgen.core.model import PlainPage, Record
from newsgen.core.problems import Problem

NOTHING = Raw(b"\xc0")  # None, encoded


CACHE_FILE = "cache.sqlite"


class FileRecord(Record, frozen=True, array_like=True, gc=False):
    """The record of a file: its stat (as in FileStat), the key of its bytes, its content.

    An article has `meta` and `summary`, its encoded ArticleMeta and Summary, which are decoded on
    demand. `title` is the key of its title (see `pack_ties`), `summary_digest` the digest of its
    Summary, `article_digest` that of the whole article. A plain page has `page`. A file that was
    left out has none of these. `page_images`, `thumbnails` and `local_images` are the images that
    an article names (see ImageRefs). `listed_files` holds those that are files of the site, with
    their positions in its `images` list, -1 for those in its body.
    """

    path: str
    size: int
    mtime: int
    inode: int
    ctime: int
    key: bytes
    meta: Raw = NOTHING
    summary: Raw = NOTHING
    title: int = 0
    summary_digest: bytes = b""
    article_digest: bytes = b""
    problems: tuple[Problem, ...] = ()
    page: PlainPage | None = None
    page_images: bytes = b""
    thumbnails: bytes = b""
    local_images: tuple[str, ...] = ()
    listed_files: tuple[tuple[int, str], ...] = ()


class RenderRecord(Record, frozen=True, array_like=True, gc=False):
    """The record of the last render.

    `plan` is the digest of the plan, `routes` are its routes. `pages` holds the digest of each page
    (concatenated), `files` that of its bytes (hexadecimal). The rest is what the pages were
    rendered from: `context` is the digest of the templates and of all that pages share. `summaries`
    and `articles` hold two digests for each story (concatenated), of its Summary and of the whole
    article. `recommended` holds the other stories beside each. `manifest` is the digest of the
    output's manifest.
    """

    plan: bytes = b""
    routes: tuple[str, ...] = ()
    pages: bytes = b""
    files: tuple[str, ...] = ()
    context: bytes = b""
    summaries: bytes = b""
    articles: bytes = b""
    recommended: tuple[bytes, ...] = ()
    manifest: bytes = b""


class PageTrace(Record, frozen=True, array_like=True, gc=False):
    """Why and when a page was rendered, and the digests of its parts (see `build/trace.py`).

    `at` is in seconds since the epoch.
    """

    reason: str
    at: int
    parts: dict[int, bytes]
