"""Find files, and read each one as a whole."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from newsgen.core.patterns import lazily
from newsgen.core.problems import Problem

SUFFIXES = (".md", ".markdown", ".mdown", ".txt", ".html", ".htm")
# Files of articles that other tools read, and what to do with them. newsgen reads none.
UNREAD = {
    **{
        suffix: f"convert with pandoc -f {form} -t gfm"
        for suffix, form in (
            *((".rst", "rst"), (".org", "org"), (".textile", "textile"), (".ipynb", "ipynb")),
            *((".adoc", "asciidoc"), (".asciidoc", "asciidoc")),
        )
    },
    ".mdx": "name files without components .md",
    ".meta": "move the fields to the beginning of the text that they belong to",
}
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
# Files beside articles that pages may link to.
ATTACHED = (
    *(".pdf", ".svg", ".zip", ".csv", ".json", ".geojson", ".xlsx", ".docx", ".pptx", ".epub"),
    *(".mp3", ".m4a", ".ogg", ".mp4", ".webm", ".vtt"),
)
BESIDE = (*PICTURES, *ATTACHED)
OF_CONTENT = (*SUFFIXES, *BESIDE, *UNREAD)
INDEX = "index.jsonl"  # in the media folder
_NEVER_COPIED = (".keep", ".gitkeep", ".DS_Store")
_OUTSIDE = "keep it outside the folder"
_REREADS = 3
# maps a path in the folder to a problem's code and message
Refuse = Callable[[str], tuple[str, str] | None]
_BY_DESCRIPTOR = os.scandir in os.supports_fd
# Controls, line breaks and direction marks, which would spoil messages, and bytes that are not
# UTF-8.
_BAD_NAME = lazily("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class FileStat(NamedTuple):
    """A file in a folder, and its stat.

    `path` is relative, in POSIX form. `mtime` and `ctime` are in nanoseconds. Only the system sets
    `ctime`, at each change of a file, so no program can hide a change. It is 0 on systems without
    it.
    """

    path: str
    size: int
    mtime: int
    inode: int
    ctime: int


# Windows has the time of creation there.
_ctime: Callable[[os.stat_result], int] = (
    attrgetter("st_ctime_ns") if os.name == "posix" else lambda info: 0
)
# With tens of thousands of files, this takes half as long as calling the class.
_stat = partial(tuple.__new__, FileStat)


def scan(
    folder: Path,
    suffixes: tuple[str, ...],
    skip: tuple[str, ...] = (),
    hidden: bool = False,
    refuse: Refuse | None = None,
) -> tuple[list[FileStat], list[Problem]]:
    """Return the files in a folder with one of these suffixes, sorted by path, and problems.

    An empty `suffixes` means all files. Hidden files and folders are skipped unless `hidden` is
    true, and so are the top-level names in `skip`. Also skipped, with a problem, are paths that
    `refuse` gives a reason for, links that lead out of the folder, pipes, devices, and names that
    no address can hold. A folder that does not exist has no files.
    """
    choice = _Choice(os.path.realpath(folder), suffixes, skip, hidden, refuse)
    found: list[FileStat] = []
    problems: list[Problem] = []
    pending = [""] if os.path.isdir(choice.root) else []
    while pending:
        files, folders, skipped = _scan_one(pending.pop(), choice)
        found += files
        pending += folders
        problems += skipped
    found.sort(key=itemgetter(0))
    return found, problems


class _Choice(NamedTuple):
    """The folder to scan, and which of its files: see `scan`."""

    root: str
    suffixes: tuple[str, ...]
    skip: tuple[str, ...]
    hidden: bool
    refuse: Refuse | None


def _scan_one(below: str, choice: _Choice) -> tuple[list[FileStat], list[str], list[Problem]]:
    """Return the files, the folders and the problems directly in the folder `below`."""
    root, suffixes, skip, hidden, refuse = choice
    prefix = f"{below}/" if below else ""
    files: list[FileStat] = []
    folders: list[str] = []
    problems: list[Problem] = []
    try:
        with _entries(os.path.join(root, below)) as entries:
            for entry in entries:
                name = entry.name
                if (name[0] == "." and (not hidden or name in _NEVER_COPIED)) or (
                    not below and name in skip
                ):
                    continue
                path = prefix + name
                if refuse and (reason := refuse(path)):
                    place = printable_path(path)
                    problems.append(Problem("warning", *reason, hint=_OUTSIDE, file=place))
                    continue
                usual = entry.is_file(follow_symlinks=False) and path.isprintable()
                if not usual and entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif (
                    not suffixes
                    or name.endswith(suffixes)
                    or name.lower().endswith(suffixes)
                    or (not usual and os.path.isdir(os.path.join(root, path)))
                ):
                    refusal = None if usual else refused(root, path, entry)
                    try:
                        info = entry.stat()  # cached by the entry
                    except OSError as error:
                        refusal = refusal or _unreadable(error)
                    if refusal:
                        problems.append(Problem("warning", *refusal, file=printable_path(path)))
                    else:
                        fields = (path, info.st_size, info.st_mtime_ns, info.st_ino, _ctime(info))
                        files.append(_stat(fields))
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        place = printable_path(below) or "."
        problems.append(Problem("error", "unreadable-folder", message, file=place))
    return files, folders, problems


def rescan(
    folder: Path,
    stats: Sequence[FileStat],
    paths: Iterable[str],
    suffixes: tuple[str, ...],
    skip: tuple[str, ...] = (),
    hidden: bool = False,
    refuse: Refuse | None = None,
) -> list[FileStat] | None:
    """Return what `scan` would find now, if only `paths` have changed since it found `stats`.

    The earlier scan must have had no problem. Return None if a full scan is needed: a path is a
    folder, a link, unreadable or refused.
    """
    found, root = list(stats), os.path.realpath(folder)
    for path in paths:
        *above, name = path.split("/")
        if (
            name in _NEVER_COPIED
            or (not above and name in skip)
            or (not hidden and any(part[0] == "." for part in (*above, name)))
        ):
            continue
        if refuse and any(
            refuse("/".join([*above[:n], part])) for n, part in enumerate([*above, name])
        ):
            return None
        place = bisect_left(found, path, key=itemgetter(0))
        end = place + (place < len(found) and found[place].path == path)
        full = os.path.join(root, path)
        try:
            info = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            inside = bisect_left(found, path + "/", key=itemgetter(0))
            if inside < len(found) and found[inside].path.startswith(path + "/"):
                return None
            del found[place:end]
            continue
        except OSError:
            return None
        if suffixes and not name.lower().endswith(suffixes) and stat.S_ISREG(info.st_mode):
            continue
        if (
            not stat.S_ISREG(info.st_mode)
            or not path.isprintable()
            or os.path.realpath(full) != full
        ):
            return None
        found[place:end] = [
            FileStat(path, info.st_size, info.st_mtime_ns, info.st_ino, _ctime(info))
        ]
    return found


@contextmanager
def _entries(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Return the entries of a folder, by its descriptor if possible.

    Looking up each file by its full path takes a third longer.
    """
    place: Any = os.open(folder, os.O_RDONLY) if _BY_DESCRIPTOR else folder
    try:
        with os.scandir(place) as entries:
            yield entries
    finally:
        if _BY_DESCRIPTOR:
            os.close(place)


def refused(root: str, path: str, entry: os.DirEntry[str] | Path) -> tuple[str, str] | None:
    """Return why a file at `path` in the real folder `root` is skipped (code and message)."""
    if bad := bad_name(path):
        return bad
    try:
        if entry.is_symlink() and not os.path.realpath(os.path.join(root, path)).startswith(
            root + os.sep
        ):
            return "link-outside", "is a link to a place outside the folder; it is ignored"
        mode = entry.stat().st_mode
    except OSError as error:
        return _unreadable(error)
    if stat.S_ISREG(mode):
        return None
    return "not-a-file", "is a link to a folder, a pipe or a device; it is ignored"


def bad_name(path: str) -> tuple[str, str] | None:
    """Return why no file with this name is read (code and message)."""
    if not _BAD_NAME.search(path):
        return None
    return (
        "file-name",
        "has a name with control characters or bytes that are not UTF-8; it is ignored",
    )


def _unreadable(error: OSError) -> tuple[str, str]:
    return "unreadable-file", f"cannot be read: {error.strerror}"


def printable_path(path: str) -> str:
    """Return a path with characters that would spoil a message escaped."""
    if not _BAD_NAME.search(path):
        return path
    return (
        os.fsencode(path)
        .decode("utf-8", "backslashreplace")
        .encode("unicode_escape")
        .decode("ascii")
    )


def read_file(path: str) -> bytes:
    """Return a file's bytes as they were at one moment.

    A file that changes during the read is read again. Raises OSError, also if the file keeps
    changing.
    """
    for _ in range(_REREADS):
        with open(path, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            data = file.read(before.st_size + 1) or b""
            after = os.fstat(file.fileno())
        states = [(stat.st_size, stat.st_mtime_ns, _ctime(stat)) for stat in (before, after)]
        if states[0] == states[1] and len(data) == after.st_size:
            return data
    raise OSError(0, "it changes while newsgen reads it")
