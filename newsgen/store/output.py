"""The output folder: what newsgen wrote there, and changing it all at once or not at all.

New bytes are first staged in a folder of newsgen's own; when all are there, they are renamed into place. Only a page whose
folder is new is written in its place: nothing that leads to it is in place before all the rest. In the staging folder files are
named by digests: a name as long as the file system takes has no room for more, and where a file becomes a folder, its place is not
free yet.
A journal names what a run is about to touch: after a run that was killed, nothing is believed
of those files but that they are newsgen's own. A file that is in neither the manifest nor the
journal is foreign and never touched.
"""

from __future__ import annotations

import errno
import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from newsgen.core import digest
from newsgen.core.atomic import clear_parts, replace_file
from newsgen.core.problems import Problem, UserError, build_error

MANIFEST = ".newsgen-manifest"
JOURNAL = ".newsgen-journal"
LOCK = ".newsgen-lock"
STAGED = ".newsgen-staged"
_HEADER = "newsgen manifest 1"
_AFTER_SLASH = chr(ord("/") + 1)


def read_manifest(folder: Path) -> dict[str, str]:
    """Digest of the bytes (hexadecimal) by path, as the manifest has it; empty where there is none that can be read."""
    return _parsed(_manifest_of(folder))


def _manifest_of(folder: Path) -> str:
    try:
        return (folder / MANIFEST).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return ""


def _parsed(manifest: str) -> dict[str, str]:
    head, _, rest = manifest.partition("\n")
    if not head.startswith(_HEADER):
        return {}
    whole = rest[: rest.rfind("\n") + 1]  # a line that was cut short names another file, or none
    return {line[33:]: line[:32] for line in whole.split("\n") if line}


def manifest_text(files: Mapping[str, str]) -> str:
    """The manifest of these files, sorted by path."""
    return "".join([_HEADER, "\n", *[f"{files[path]} {path}\n" for path in sorted(files)]])


def tops(paths: Iterable[str]) -> list[str]:
    """What stands in the output's own folder, of these files."""
    ordered, found, place = sorted(paths), list[str](), 0
    while place < len(ordered):
        top, slash, _ = ordered[place].partition("/")
        found.append(top)
        place = bisect_left(ordered, top + _AFTER_SLASH, place) if slash else place + 1
    return found


def above(path: str) -> list[str]:
    """The folders that a file is in, the outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def in_the_way(wanted: Iterable[str], gone: Iterable[str]) -> list[str]:
    """Those of the files that are gone which stand where wanted ones need a folder, or in a folder in the place of a wanted one."""
    files = set(wanted)
    folders = {folder for path in files for folder in above(path)}
    return [path for path in gone if path in folders or not files.isdisjoint(above(path))]


def present(folder: Path) -> frozenset[str]:
    """What stands in the output's own folder: a cheap look for files that another hand has taken away."""
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def intact(folder: Path, manifest: bytes, top: Collection[str]) -> bool:
    """Whether the manifest still has this digest, no run was interrupted since, and all of `top` stands there."""
    there = present(folder)
    try:
        return there.issuperset(top) and JOURNAL not in there and digest.of_bytes((folder / MANIFEST).read_bytes()) == manifest
    except OSError:
        return False


def _digest_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return digest.of_file(opened).hex()
    except OSError:
        return ""


class Output:
    """An output folder as a run finds it. `known` is path to digest of the bytes; "" where an
    interrupted run may have touched the file. `manifest` is the digest of the manifest, b"" where such files are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, str] = {}
        self.manifest = b""
        self.interrupted = False

    def read(self) -> None:
        """Find what was written before; under the lock, where this run is to write."""
        manifest = _manifest_of(self.folder)
        self.known = _parsed(manifest)
        missing = set(tops(self.known)) - present(self.folder)
        if missing:
            self.known |= dict.fromkeys([path for path in self.known if path.partition("/")[0] in missing], "")
        try:
            touched = (self.folder / JOURNAL).read_text("utf-8").splitlines()
            self.interrupted = True
        except (FileNotFoundError, NotADirectoryError):
            touched = []
        for path in touched:
            self.known[path] = ""
        if not missing and not self.interrupted:
            self.manifest = digest.of_bytes(manifest.encode())

    def adopt(self, files: Mapping[str, str]) -> None:
        """Take these files (path to digest of the bytes) for newsgen's own where a manifest that was cut short does not name them
        and they hold just these bytes."""
        if not (self.folder / MANIFEST).is_file():
            return  # without any manifest the folder is not newsgen's
        for path, known in files.items():
            if path not in self.known and known and known == _digest_of(self.folder / path):
                self.known[path] = known

    def lock(self, wait: bool) -> Any:
        """Hold the output until the value is released. Raises UserError: exit code 4 where another
        run holds it and `wait` is not set, 3 where the folder cannot be made."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / LOCK, timeout=-1 if wait else 0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            hint = "wait for it to end, or pass --wait"
            raise UserError(Problem("error", "output-locked", f"another run holds {self.folder}", hint=hint), 4) from None
        except OSError as error:
            raise self._unwritable(error, self.folder) from None
        clear_parts(self.folder)
        return lock

    def refuse_foreign(self, paths: Iterable[str]) -> None:
        """Raises UserError (exit code 3) where a file that newsgen did not write stands on a wanted route."""
        there = present(self.folder)
        free: set[str] = set()  # folders that are not there, or nothing but folders
        for path in paths:
            foreign = self._foreign(path, free) if path.partition("/")[0] in there else ""
            if foreign:
                hint = "move it away; newsgen writes over nothing but its own files"
                raise build_error("foreign-file", f"{self.folder / foreign} is not newsgen's own and stands in the way", hint=hint)

    def _foreign(self, path: str, free: set[str]) -> str:
        """What stands in the way of this file and newsgen did not write, "" where nothing does. An own file may become a folder,
        and a folder of own files a file."""
        for folder in above(path) if path not in self.known else ():
            if folder not in free:
                if folder in self.known:
                    return ""
                if os.path.lexists(self.folder / folder) and not os.path.isdir(self.folder / folder):
                    return folder
                free.add(folder)
        place = os.path.join(self.folder, path)
        if not os.path.isdir(place) or os.path.islink(place):
            return path if path not in self.known and os.path.lexists(place) else ""
        inside = (os.path.relpath(os.path.join(at, name), self.folder) for at, _, names in os.walk(place) for name in names)
        return next((name for name in map(_posix, inside) if name not in self.known), "")

    def begin(self, paths: Iterable[str]) -> None:
        """Write the journal, which says that these files may be touched from now on, and make the staging folder."""
        interrupted = [path for path, known in self.known.items() if not known]
        self._replace(JOURNAL, "".join(f"{path}\n" for path in {*paths, *interrupted}))
        try:
            self._clear_staged()  # of an interrupted run
            os.mkdir(self.folder / STAGED)
        except OSError as error:
            raise self._unwritable(error, self.folder / STAGED) from None

    def finish(self, staged: Sequence[str], gone: Sequence[str], manifest: str) -> None:
        """Move what was staged into place, remove what is gone, and write the manifest. What is gone is removed last, since pages may
        still lead to it, unless it stands in the way."""
        self._remove(in_the_way(staged, gone))
        try:
            for path in staged:
                _move(os.path.join(self.folder, staged_name(path)), os.path.join(self.folder, path))
        except OSError as error:
            raise self._unwritable(error, self.folder) from None
        self._remove(gone)
        self._replace(MANIFEST, manifest)
        self._clear_staged()
        self._forget_journal()

    def abandon(self, paths: Iterable[str]) -> None:
        """Remove what was staged or placed for these paths; what was there stays."""
        self._clear_staged()
        self._remove(path for path in paths if path not in self.known)
        if not self.interrupted:
            self._forget_journal()

    def _clear_staged(self) -> None:
        try:
            os.rmdir(self.folder / STAGED)
        except FileNotFoundError:
            pass
        except OSError:  # of a run that did not end
            import shutil  # slow to import, and rarely needed

            shutil.rmtree(self.folder / STAGED, ignore_errors=True)

    def _forget_journal(self) -> None:
        (self.folder / JOURNAL).unlink(missing_ok=True)

    def _remove(self, paths: Iterable[str]) -> None:
        """Remove files, and the folders that this leaves empty."""
        folders = set()
        for path in paths:
            target = os.path.join(self.folder, path)
            try:
                os.unlink(target)
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError as error:
                if not os.path.isdir(target):  # else a folder has taken its place
                    raise self._unwritable(error, Path(target)) from None
            folders.add(os.path.dirname(path))
        for folder in sorted(folders, key=len, reverse=True):
            while folder:
                try:
                    os.rmdir(os.path.join(self.folder, folder))
                except OSError:
                    break
                folder = os.path.dirname(folder)

    def _replace(self, name: str, text: str) -> None:
        target = self.folder / name
        try:
            replace_file(target, text.encode())
        except OSError as error:
            raise self._unwritable(error, target) from None

    @staticmethod
    def _unwritable(error: OSError, path: Path) -> UserError:
        return unwritable(error, str(path))


def unwritable(error: OSError, path: str) -> UserError:
    """A file of the output cannot be written: exit code 3."""
    hint = "free some space; what was there stays" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "what was there stays"
    return build_error("cannot-write", f"{path} cannot be written: {error.strerror}", hint=hint)


def staged_name(path: str) -> str:
    """Where a file is staged, below the output."""
    return f"{STAGED}/{digest.of_text(path).hex()}"


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def _move(staged: str, target: str) -> None:
    """Move a file into its place, making its folder and replacing empty folders. Raises OSError."""
    try:
        os.replace(staged, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(staged, target)
    except OSError:
        if not os.path.isdir(target):
            raise
        for folder, _, _ in os.walk(target, topdown=False):
            os.rmdir(folder)
        os.replace(staged, target)


def stage(folder: str, path: str, data: bytes) -> bool:
    """Write bytes into the staging folder, or into their place where the page's folder is new: then nothing was there, and nothing
    that leads to it is in place yet. Whether they are in their place. Raises OSError."""
    target = os.path.join(folder, path)
    placed = path.endswith("/index.html") and _new_folder(target[: -len("/index.html")])
    file = os.open(target if placed else os.path.join(folder, staged_name(path)), _FLAGS, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)
    return placed


def _new_folder(folder: str) -> bool:
    try:
        os.mkdir(folder)
    except (FileExistsError, NotADirectoryError):  # a file that stands there has to go first
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        return _new_folder(folder)
    return True


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def stage_copy(source: str, folder: str, path: str) -> bytes:
    """Copy a file into the staging folder; the digest of what was copied. Raises OSError."""
    import shutil

    staged = os.path.join(folder, staged_name(path))
    with open(source, "rb") as original, open(staged, "wb") as copy:
        shutil.copyfileobj(original, copy, 1 << 20)
    with open(staged, "rb") as written:
        return digest.of_file(written)


def same_bytes(folder: str, path: str, data: bytes) -> bool:
    """Whether the file holds these bytes already."""
    try:
        with open(os.path.join(folder, path), "rb", buffering=0) as file:
            return os.fstat(file.fileno()).st_size == len(data) and file.readall() == data
    except OSError:
        return False
