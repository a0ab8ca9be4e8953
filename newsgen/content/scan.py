"""Finding files, and reading each one whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from newsgen.problems import Problem

SUFFIXES = (".md", ".markdown", ".txt")
_NEVER_COPIED = (".keep", ".gitkeep", ".DS_Store")
_REREADS = 3


class FileStat(NamedTuple):
    """A file below a folder and what its stat says. `path` is relative, in POSIX form; `mtime` is in nanoseconds."""

    path: str
    size: int
    mtime: int
    inode: int


def scan(folder: Path, suffixes: tuple[str, ...], skip: tuple[str, ...] = (), hidden: bool = False) -> tuple[list[FileStat], list[Problem]]:
    """The files below a folder with one of these suffixes (all files where there are none), sorted by path.

    Hidden files and folders are passed over unless `hidden`, and the folders `skip` at the top; so
    are, with a problem, links that lead out of the folder, pipes, devices and names that no
    address can hold. A folder that is not there has no files.
    """
    found: list[FileStat] = []
    problems: list[Problem] = []
    root = os.path.realpath(folder)
    pending = [""] if os.path.isdir(root) else []
    while pending:
        below = pending.pop()
        try:
            with os.scandir(os.path.join(root, below)) as entries:
                for entry in entries:
                    name = entry.name
                    path = f"{below}/{name}" if below else name
                    if (name[0] == "." and not hidden) or name in _NEVER_COPIED or (not below and name in skip):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(path)
                    elif name.endswith(suffixes) if suffixes else True:
                        refusal = _look(root, entry, path, found)
                        if refusal:
                            problems.append(Problem("warning", *refusal, file=_printable(path)))
        except OSError as error:
            problems.append(Problem("error", "unreadable-folder", f"cannot be read: {error.strerror}", file=_printable(below) or "."))
    found.sort()
    return found, problems


def _look(root: str, entry: os.DirEntry[str], path: str, found: list[FileStat]) -> tuple[str, str] | None:
    """Add the file to `found`, or tell why not (code and message)."""
    if not path.isprintable():
        return "file-name", "has a name with control characters or bytes that are not UTF-8; it is passed over"
    try:
        if entry.is_symlink() and not os.path.realpath(entry.path).startswith(root + os.sep):
            return "link-outside", "is a link that leads out of the folder; it is passed over"
        info = entry.stat()
    except OSError as error:
        return "unreadable-file", f"cannot be read: {error.strerror}"
    if stat.S_ISREG(info.st_mode):
        found.append(FileStat(path, info.st_size, info.st_mtime_ns, info.st_ino))
    elif not stat.S_ISDIR(info.st_mode):
        return "not-a-file", "is a pipe or a device; it is passed over"
    return None


def _printable(path: str) -> str:
    return path if path.isprintable() else os.fsencode(path).decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")


def read_file(path: str) -> bytes:
    """A file's bytes, all of one moment: read again where it changed meanwhile.

    Raises OSError, also where it does not come to rest.
    """
    for _ in range(_REREADS):
        with open(path, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            data = file.readall()
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == after.st_size:
            return data
    raise OSError(0, "it changes while it is read")
