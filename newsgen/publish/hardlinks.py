"""Fill the folders of editions with links to files of other editions, else with copies of the built
site's files.

The built site's own files are never linked. If someone replaced a folder by a link, newsgen neither
reads nor writes through it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from newsgen.core import digest
from newsgen.core.problems import UserError, build_error
from newsgen.store.output import MANIFEST, STAGED, above

_BATCH = 200  # folders in one batch
_FEW = 300  # up to this many new files get their own fsync; beyond it, one sync covers all


class EditionFile(NamedTuple):
    """A file of an edition: the digest of its bytes in hexadecimal, and its size in bytes."""

    digest: str
    size: int


Files = dict[str, EditionFile]


def fill(
    folder: str,
    have: Files,
    want: Mapping[str, EditionFile],
    spare: Mapping[str, EditionFile],
    sources: Iterable[tuple[str, Files]],
    site: str,
) -> Files:
    """Change a folder's files from `have` to `want`, and return its files with sizes.

    A file is linked from a source that has the same digest, otherwise copied from `site`. A copy
    must have the wanted digest (else UserError, exit code 3). `spare` files are only linked, and
    left out if no source has them. Raises OSError.
    """
    real, original = Real(folder), Real(site)
    places = [(Real(place), files) for place, files in sources]
    out: Files = {}
    spare = fitting(spare, want)
    for path in have.keys() - want.keys() - spare.keys():
        with suppress(FileNotFoundError, NotADirectoryError):
            real.remove(path)
    missing: dict[str, str] = {}
    for path, file in (*want.items(), *spare.items()):
        if have.get(path, ("",))[0] == file.digest:
            out[path] = have[path]
        else:
            missing[path] = file.digest
    out |= _link(missing, places, real)
    copied = [path for path in missing if path in want and path not in out]
    for path in copied:
        out[path] = EditionFile(missing[path], real.copy(path, original, missing[path]))
    _to_disk([os.path.join(folder, path) for path in copied])
    return out


def _link(wanted: Mapping[str, str], places: Sequence[tuple[Real, Files]], real: Real) -> Files:
    """Link files from the first folder that has each digest, and return those that were linked.

    Creating folders one by one takes most of the time, so another thread links files meanwhile.
    """
    by_folder: dict[str, list[str]] = {}
    for path in wanted:
        by_folder.setdefault(os.path.dirname(path), []).append(path)
    folders = list(by_folder)

    def link(some: Sequence[str]) -> Files:
        out: Files = {}
        for path in (path for folder in some for path in by_folder[folder]):
            for source, files in places:
                known = files.get(path)
                if known and known.digest == wanted[path] and source.link(path, real):
                    out[path] = known
                    break
        return out

    done = []
    with ThreadPoolExecutor(1) as linking:
        for start in range(0, len(folders), _BATCH):
            batch = folders[start : start + _BATCH]
            for folder in batch:
                real.has(folder, make=True)
            done.append(linking.submit(link, batch))
    return {path: file for some in done for path, file in some.result().items()}


def fitting(spare: Mapping[str, EditionFile], want: Iterable[str]) -> Files:
    """Return the spare files that collide with no other file or folder.

    They collide if one needs a folder where the other has a file.
    """
    if not spare:
        return {}
    files = set(want)
    folders = {folder for path in files for folder in above(path)}
    out: Files = {}
    for path, file in spare.items():
        if path not in folders and files.isdisjoint(above(path)):
            out[path] = file
            files.add(path)
            folders.update(above(path))
    return out


class Real:
    """A folder and its real subfolders, excluding links to elsewhere. Each is checked once."""

    def __init__(self, top: str) -> None:
        self.top = top
        self._known = {"": True}

    def has(self, folder: str, make: bool = False) -> bool:
        """Return whether a subfolder is a real folder.

        `make` creates it, replacing anything else.
        """
        known = self._known.get(folder)
        if known or (known is False and not make):
            return known
        path = os.path.join(self.top, folder)
        found = self.has(os.path.dirname(folder), make)
        if found and make:
            try:
                os.mkdir(path)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    os.unlink(path)
                    os.mkdir(path)
        elif found:
            try:
                found = stat.S_ISDIR(os.lstat(path).st_mode)
            except OSError:
                found = False
        self._known[folder] = found
        return found

    def link(self, path: str, to: Real) -> bool:
        """Link a file to the same path below another folder, and return whether that worked.

        The target's folder must exist.
        """
        source, target = f"{self.top}/{path}", f"{to.top}/{path}"
        try:
            if not self.has(os.path.dirname(path)) or not stat.S_ISREG(os.lstat(source).st_mode):
                return False
            try:
                os.link(source, target)
            except FileExistsError:
                staged = to.staged()
                os.link(source, staged)
                os.replace(staged, target)
        except OSError:
            return False  # too many links, or the file is gone: the caller copies it
        return True

    def staged(self) -> str:
        """Return the path where a file is written before it is moved into place.

        Removes what a killed run left there, because it may be a link to another edition's file.
        Raises OSError.
        """
        staged = f"{self.top}/{STAGED}"
        with suppress(FileNotFoundError):
            os.unlink(staged)
        return staged

    def copy(self, path: str, site: Real, wanted: str) -> int:
        """Copy a file of the site to the same path and return its size.

        Raises OSError, UserError.
        """
        source, target = os.path.join(site.top, path), os.path.join(self.top, path)
        self.has(os.path.dirname(path), make=True)
        try:
            if not site.has(os.path.dirname(path)) or not stat.S_ISREG(os.lstat(source).st_mode):
                raise _differs(source)
        except FileNotFoundError:
            raise _differs(source) from None
        staged = self.staged()
        with open(source, "rb") as original, open(staged, "wb") as copy:
            found, size = digest.copied(original, copy)
        if found.hex() != wanted:
            os.unlink(staged)
            raise _differs(source)
        os.replace(staged, target)
        return size

    def remove(self, path: str) -> None:
        """Remove a file, and any folders that this leaves empty. Raises OSError."""
        folder = os.path.dirname(path)
        if self.has(folder):
            os.unlink(os.path.join(self.top, path))
            while folder:
                try:
                    os.rmdir(os.path.join(self.top, folder))
                except OSError:
                    break
                self._known.pop(folder, None)
                folder = os.path.dirname(folder)


def _to_disk(paths: Sequence[str]) -> None:
    """Flush new files to disk before anything refers to them, in case the machine loses power."""
    if len(paths) > _FEW:
        os.sync()
        return
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _differs(file: str) -> UserError:
    hint = (
        "`newsgen build` writes it again where the file is missing, `newsgen build --verify` "
        "finds others"
    )
    return build_error(
        "output-differs",
        f"{file} is not what the manifest {MANIFEST} says; nothing is published",
        hint=hint,
    )
