"""What is known from one build to the next, as the cache keeps it: of files, of what was rendered and why."""

from msgspec import Raw

from newsgen.core.model import PlainPage, Record
from newsgen.core.problems import Problem

NOTHING = Raw(b"\xc0")  # what stands for None


CACHE_FILE = "cache.sqlite"


class FileRecord(Record, frozen=True, array_like=True, gc=False):
    """What is known of a file: its stat (as in FileStat), the key of its bytes and what they said. Of an article the Entry and
    the Face, which are decoded when they are needed, the key of its title (see pack_ties), the digest of its face and of all that it
    says; of a plain page the page. Both are missing where the file was left out. `whole`, `small` and `near` are the pictures that
    an article names (see Shows), `local` those of its list of images that are files of the site, with their places in it."""

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
    """What was rendered last: the pages of the plan of this digest by route, the digest of each (joined), and that of its bytes
    (hexadecimal); what they were rendered of: the digest of templates and all that is shared, of each story (joined)
    those of its face and of all that it says, and the other stories beside it; and the digest of the output's manifest."""

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
    """Why a page was rendered, when (seconds since the epoch), and the digests of its parts (see trace.py)."""

    reason: str
    at: int
    parts: dict[int, bytes]
