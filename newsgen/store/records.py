"""The cache's records, from one build to the next: files, what was rendered, and why."""

from msgspec import Raw

from newsgen.core.model import PlainPage, Record
from newsgen.core.problems import Problem

NOTHING = Raw(b"\xc0")  # None, encoded


CACHE_FILE = "cache.sqlite"


class FileRecord(Record, frozen=True, array_like=True, gc=False):
    """What newsgen knows of a file: its stat (as in FileStat), the key of its bytes, its content.

    An article has `entry` and `face`, its encoded ArticleMeta and Summary, which are decoded on
    demand. `title` is the key of its title (see `pack_ties`), `shown` the digest of its Summary,
    `content` that of the whole article. A plain page has `page`. A file that was left out has none
    of these. `whole`, `small` and `near` are the images that an article names (see ImageRefs).
    `local` holds those of its `images` list that are files of the site, with their positions in it.
    """

    path: str
    size: int
    mtime: int
    inode: int
    ctime: int
    key: bytes
    entry: Raw = NOTHING
    face: Raw = NOTHING
    title: int = 0
    shown: bytes = b""
    content: bytes = b""
    problems: tuple[Problem, ...] = ()
    page: PlainPage | None = None
    whole: bytes = b""
    small: bytes = b""
    near: tuple[str, ...] = ()
    local: tuple[tuple[int, str], ...] = ()


class RenderRecord(Record, frozen=True, array_like=True, gc=False):
    """What was rendered last.

    `plan` is the digest of the plan, `routes` are its routes. `pages` holds the digest of each page
    (concatenated), `files` that of its bytes (hexadecimal). The rest is what the pages were
    rendered from: `context` is the digest of the templates and of all that pages share. `shown` and
    `content` hold two digests for each story (concatenated), of its Summary and of the whole
    article. `beside` holds the other stories beside each. `manifest` is the digest of the output's
    manifest.
    """

    plan: bytes = b""
    routes: tuple[str, ...] = ()
    pages: bytes = b""
    files: tuple[str, ...] = ()
    context: bytes = b""
    shown: bytes = b""
    content: bytes = b""
    beside: tuple[bytes, ...] = ()
    manifest: bytes = b""


class PageTrace(Record, frozen=True, array_like=True, gc=False):
    """Why and when a page was rendered, and the digests of its parts (see `build/trace.py`).

    `at` is in seconds since the epoch.
    """

    reason: str
    at: int
    parts: dict[int, bytes]
