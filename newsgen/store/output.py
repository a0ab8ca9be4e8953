"""The output folder: its manifest, and changes that happen completely or not at all.

newsgen first writes new bytes to a staging folder. When all are there, it renames them into place.
Only a page whose folder is new is written in place, because nothing links to it before the rest is
in place. Staged files are named by digests, for two reasons. A name of maximum length leaves no
room for a suffix, and where a file becomes a folder, its place is not free yet.

A journal names the files that a run is about to touch. After a killed run, newsgen trusts nothing
about those files except that they are its own. A file in neither the manifest nor the journal is
foreign, and newsgen never touches it.
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
    """Return the digest (hexadecimal) of each file in the manifest, by path.

    It is empty if the manifest is missing or unreadable.
    """
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
    whole = rest[: rest.rfind("\n") + 1]  # skip a truncated line: its path may be wrong
    return {line[33:]: line[:32] for line in whole.split("\n") if line}


def manifest_text(files: Mapping[str, str]) -> str:
    """Return the manifest of these files, sorted by path."""
    return "".join([_HEADER, "\n", *[f"{files[path]} {path}\n" for path in sorted(files)]])


def tops(paths: Iterable[str]) -> list[str]:
    """Return the top-level names of these paths."""
    ordered, found, place = sorted(paths), list[str](), 0
    while place < len(ordered):
        top, slash, _ = ordered[place].partition("/")
        found.append(top)
        place = bisect_left(ordered, top + _AFTER_SLASH, place) if slash else place + 1
    return found


def above(path: str) -> list[str]:
    """Return the folders that contain a file, outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def in_the_way(wanted: Iterable[str], gone: Iterable[str]) -> list[str]:
    """Return the paths in `gone` that block one in `wanted`.

    Such a file is where a wanted file needs a folder, or it is in a folder that has the path of a
    wanted file.
    """
    files = set(wanted)
    folders = {folder for path in files for folder in above(path)}
    return [path for path in gone if path in folders or not files.isdisjoint(above(path))]


def present(folder: Path) -> frozenset[str]:
    """Return the names in the output folder: a cheap check for files that were removed."""
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def intact(folder: Path, manifest: bytes, top: Collection[str]) -> bool:
    """Return whether the manifest has this digest, no run was interrupted, and `top` all exist."""
    there = present(folder)
    try:
        return (
            there.issuperset(top)
            and JOURNAL not in there
            and digest.of_bytes((folder / MANIFEST).read_bytes()) == manifest
        )
    except OSError:
        return False


def _digest_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return digest.of_file(opened).hex()
    except OSError:
        return ""


class Output:
    """An output folder as a run finds it.

    `known` maps each path to the digest of its bytes, "" if an interrupted run may have touched the
    file. `manifest` is the digest of the manifest, b"" if there are such files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, str] = {}
        self.manifest = b""
        self.interrupted = False

    def read(self) -> None:
        """Read what was written before. A run that writes here must hold the lock."""
        manifest = _manifest_of(self.folder)
        self.known = _parsed(manifest)
        missing = set(tops(self.known)) - present(self.folder)
        if missing:
            self.known |= dict.fromkeys(
                [path for path in self.known if path.partition("/")[0] in missing], ""
            )
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
        """Treat these files (path to digest) as newsgen's own if their bytes match. A truncated
        manifest may lack them.
        """
        if not (self.folder / MANIFEST).is_file():
            return  # without a manifest the folder is not newsgen's
        for path, known in files.items():
            if path not in self.known and known and known == _digest_of(self.folder / path):
                self.known[path] = known

    def lock(self, wait: bool) -> Any:
        """Lock the output until the returned lock is released.

        Raises UserError: exit code 4 if another run holds the lock and `wait` is false, 3 if the
        folder cannot be created.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / LOCK, timeout=-1 if wait else 0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            hint = "wait for it to end, or pass --wait"
            raise UserError(
                Problem("error", "output-locked", f"another run holds {self.folder}", hint=hint), 4
            ) from None
        except OSError as error:
            raise self._unwritable(error, self.folder) from None
        clear_parts(self.folder)
        return lock

    def refuse_foreign(self, paths: Iterable[str]) -> None:
        """Raise UserError (exit code 3) if a foreign file is at one of the paths."""
        there = present(self.folder)
        free: set[str] = set()  # folders that do not exist, or hold only folders
        for path in paths:
            foreign = self._foreign(path, free) if path.partition("/")[0] in there else ""
            if foreign:
                hint = "move it away; newsgen overwrites only its own files"
                raise build_error(
                    "foreign-file",
                    f"{self.folder / foreign} is not newsgen's own and blocks its output",
                    hint=hint,
                )

    def _foreign(self, path: str, free: set[str]) -> str:
        """Return the foreign file that blocks this path, "" if none does.

        A file that newsgen wrote may become a folder, and a folder of such files may become a file.
        """
        for folder in above(path) if path not in self.known else ():
            if folder not in free:
                if folder in self.known:
                    return ""
                if os.path.lexists(self.folder / folder) and not os.path.isdir(
                    self.folder / folder
                ):
                    return folder
                free.add(folder)
        place = os.path.join(self.folder, path)
        if not os.path.isdir(place) or os.path.islink(place):
            return path if path not in self.known and os.path.lexists(place) else ""
        inside = (
            os.path.relpath(os.path.join(at, name), self.folder)
            for at, _, names in os.walk(place)
            for name in names
        )
        return next((name for name in map(_posix, inside) if name not in self.known), "")

    def begin(self, paths: Iterable[str]) -> None:
        """Write the journal of the files that may be touched, and create the staging folder."""
        interrupted = [path for path, known in self.known.items() if not known]
        self._replace(JOURNAL, "".join(f"{path}\n" for path in {*paths, *interrupted}))
        try:
            self._clear_staged()  # left by an interrupted run
            os.mkdir(self.folder / STAGED)
        except OSError as error:
            raise self._unwritable(error, self.folder / STAGED) from None

    def finish(self, staged: Sequence[str], gone: Sequence[str], manifest: str) -> None:
        """Move staged files into place, remove the files in `gone`, and write the manifest.

        Files are removed last, because pages may still link to them, except those that block a
        staged file.
        """
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
        """Remove what was staged or placed for these paths. Earlier files stay."""
        self._clear_staged()
        self._remove(path for path in paths if path not in self.known)
        if not self.interrupted:
            self._forget_journal()

    def _clear_staged(self) -> None:
        try:
            os.rmdir(self.folder / STAGED)
        except FileNotFoundError:
            pass
        except OSError:  # left by a killed run
            import shutil  # slow to import and rarely needed

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
                if not os.path.isdir(target):  # otherwise a folder has replaced it
                    raise self._unwritable(error, Path(target)) from None
            folders.add(os.path.dirname(path))
        for folder in sorted(folders, key=len, reverse=True):
            while folder:
                try:
                    os.rmdir(os.path.join(self.folder, folder))
                except FileNotFoundError:
                    pass  # a killed run may have made only the folders above
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
    """Return the error for an output file that cannot be written: exit code 3."""
    hint = (
        "free some space; the previous files stay"
        if error.errno in (errno.ENOSPC, errno.EDQUOT)
        else "the previous files stay"
    )
    return build_error("cannot-write", f"{path} cannot be written: {error.strerror}", hint=hint)


def staged_name(path: str) -> str:
    """Return where a file is staged, relative to the output folder."""
    return f"{STAGED}/{digest.of_text(path).hex()}"


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def _move(staged: str, target: str) -> None:
    """Move a file into place; create its folder and replace empty folders. Raises OSError."""
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
    """Write bytes to the staging folder, and return False; or write them in place, and return True.

    They go in place if the page's folder is new: it replaces no file, and nothing links to it yet.
    Raises OSError.
    """
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
    except (FileExistsError, NotADirectoryError):  # a file of this name must be removed first
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        return _new_folder(folder)
    return True


_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
)


def stage_copy(source: str, folder: str, path: str) -> bytes:
    """Copy a file to the staging folder and return the digest of the copy. Raises OSError."""
    import shutil

    staged = os.path.join(folder, staged_name(path))
    with open(source, "rb") as original, open(staged, "wb") as copy:
        shutil.copyfileobj(original, copy, 1 << 20)
    with open(staged, "rb") as written:
        return digest.of_file(written)


def same_bytes(folder: str, path: str, data: bytes) -> bool:
    """Return whether the file already holds these bytes."""
    try:
        with open(os.path.join(folder, path), "rb", buffering=0) as file:
            return os.fstat(file.fileno()).st_size == len(data) and file.readall() == data
    except OSError:
        return False
