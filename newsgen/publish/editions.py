"""Editions: each a whole site in a folder of its own, one of them live behind a link.

    editions/releases/EDITION/        what a host serves, by way of the link `current`
    editions/releases/EDITION.json    what newsgen knows of it; no host sees it
    editions/current                  a link to the live one, replaced by one rename
    editions/hold.json                that it was taken back on purpose, and stays

An edition is first made in `releases/.new`: of the oldest one that is no longer kept, so that only what differs is
touched, else of links to the files of the others. What a killed run leaves is in neither and goes with the next.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from newsgen import digest
from newsgen.output import MANIFEST, Output, unwritable
from newsgen.problems import UserError, build_error, settings_error

CURRENT = "current"
_RELEASES, _NEW, _HOLD = "releases", ".new", "hold.json"
# Names with a digest of what they hold: whoever has a page of another edition open may still ask for them.
_HASHED = re.compile(r"[.\-/][0-9a-f]{8,64}\.\w+$")
_FEW = 300  # so many new files are brought to the disk one by one; of more the system is asked for all


class File(NamedTuple):
    """A file of an edition: the digest of its bytes as hexadecimal digits, and their number."""

    digest: str
    size: int


Files = dict[str, File]


class Told(Struct, frozen=True, array_like=True, gc=False):
    """What is kept of an article that an edition shows: its file below the content folder, its route, title and time, the digest of
    all that it says, how many corrections it has, and when it expires."""

    file: str
    route: str
    title: str
    time: datetime
    digest: str
    corrections: int = 0
    expires: datetime | None = None


class Edition(Struct, frozen=True):
    """What is known of a kept edition. `name` is the digest of its manifest, `serial` counts publishings (clocks may go back),
    `carried` are hashed files of other editions, `purged` what was taken out by hand; `change` is what it changed, in words."""

    name: str
    serial: int
    published: datetime
    files: Files
    stories: tuple[Told, ...]
    carried: Files = {}
    purged: tuple[str, ...] = ()
    change: str = ""

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in (*self.files.values(), *self.carried.values()))


class Hold(Struct, frozen=True):
    """That an edition was taken back to by hand: nothing is published over it."""

    edition: str
    since: datetime


_edition_decoder = msgspec.json.Decoder(Edition)


class Store:
    """The folder of all editions. Methods raise UserError (exit code 3) for what cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._releases = folder / _RELEASES

    def lock(self, wait: bool = False) -> Any:
        """Hold it until the value is released. Raises UserError: 4 where another run holds it, 3 where it cannot be made."""
        return Output(self.folder).lock(wait)

    def release(self, name: str) -> Path:
        """The folder of an edition's files."""
        return self._releases / name

    def names(self) -> list[str]:
        """The editions that are whole, in no order."""
        try:
            there = set(os.listdir(self._releases))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [name for name in there if f"{name}.json" in there and not name.startswith(".")]

    def live_name(self) -> str:
        """The edition behind the link; "" where there is none."""
        try:
            return os.path.basename(os.readlink(self.folder / CURRENT))
        except OSError:
            return ""

    def live(self) -> Edition | None:
        """The live edition."""
        name = self.live_name()
        return self.read(name) if name in self.names() else None

    def read(self, name: str) -> Edition:
        """What is known of an edition."""
        file = self._releases / f"{name}.json"
        try:
            return _edition_decoder.decode(file.read_bytes())
        except (OSError, msgspec.MsgspecError) as error:
            hint = "remove the folder of that name beside it too; the other editions stay"
            raise build_error("bad-edition", f"{file} cannot be read: {error}", hint=hint) from None

    def all(self) -> list[Edition]:
        """All kept editions, the last published first."""
        return sorted(map(self.read, self.names()), key=lambda edition: -edition.serial)

    def find(self, start: str) -> Edition:
        """The edition whose name begins so. Raises UserError (exit code 2) where there is none, or more than one."""
        found = [name for name in self.names() if name.startswith(start)]
        if len(found) != 1:
            what = "is no kept edition" if not found else "may be " + " or ".join(sorted(found))
            raise settings_error("no-such-edition", f"{start} {what}", hint="`newsgen editions` lists them")
        return self.read(found[0])

    def hold(self) -> Hold | None:
        """The hold, if there is one."""
        try:
            return msgspec.json.decode((self.folder / _HOLD).read_bytes(), type=Hold)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise build_error("bad-edition", f"{self.folder / _HOLD} cannot be read: {error}", hint="remove it to lift the hold") from None

    def set_hold(self, hold: Hold | None) -> None:
        """Hold, or lift the hold."""
        if hold:
            self.replace(_HOLD, msgspec.json.encode(hold))
        else:
            (self.folder / _HOLD).unlink(missing_ok=True)

    def replace(self, path: str, data: bytes) -> None:
        """Write a file of newsgen's own whole."""
        file, new = self.folder / path, self.folder / f"{path}.new"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            new.replace(file)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise unwritable(error, str(file)) from None

    def keep(self, edition: Edition) -> None:
        """Remember what is known of an edition."""
        self.replace(f"{_RELEASES}/{edition.name}.json", msgspec.json.encode(edition))

    def flip(self, name: str) -> None:
        """Make an edition the live one, in one moment."""
        new = self.folder / f".{CURRENT}"
        try:
            new.unlink(missing_ok=True)
            new.symlink_to(f"{_RELEASES}/{name}")
            new.replace(self.folder / CURRENT)
        except OSError as error:
            new.unlink(missing_ok=True)
            hint = f"{CURRENT} is a link of newsgen's; move away what stands in its place"
            raise build_error("cannot-write", f"{self.folder / CURRENT} cannot be replaced: {error.strerror}", hint=hint) from None

    def make(self, edition: Edition, site: Path, keep: int) -> Edition:
        """Make the folder of an edition whose `files` have the digests of the site's manifest; the edition with all sizes known.

        Editions over `keep` are removed, the oldest first, never a live one; one of them is made over. Where this fails, the
        others are as they were.
        """
        kept = self.all()
        live = self.live_name()
        over = [one for one in reversed(kept) if one.name not in (live, edition.name)][: max(0, len(kept) + 1 - max(keep, 2))]
        new = self._releases / _NEW
        try:
            self._tidy()
            have: Files = {}
            if over:
                os.replace(self.release(over[0].name), new)
                (self._releases / f"{over[0].name}.json").unlink()
                have = over[0].files | over[0].carried
            else:
                new.mkdir(parents=True)
            others = [one for one in kept if one not in over]
            carried = {path: file for one in others for path, file in hashed(one).items() if path not in edition.files}
            sources = [(str(self.release(one.name)), one.files | one.carried) for one in others]
            made = fill(str(new), have, edition.files | carried, sources, str(site))
            edition = msgspec.structs.replace(
                edition,
                files={path: made[path] for path in edition.files},
                carried={path: made[path] for path in carried if path in made},
            )
            self.keep(edition)
            os.replace(new, self.release(edition.name))
        except BaseException as error:
            self._tidy()
            if isinstance(error, OSError):
                raise unwritable(error, error.filename or str(new)) from None
            raise
        for one in over[1:]:
            self.drop(one.name)
        return edition

    def mend(self, edition: Edition, site: Path | None = None) -> Edition:
        """Bring an edition that is there to what it must hold to go live: hashed files of the others, with `site` what was purged too."""
        others = [one for one in self.all() if one.name != edition.name]
        carried = edition.carried | {path: file for one in others for path, file in hashed(one).items() if path not in edition.files}
        sources = [(str(self.release(one.name)), one.files | one.carried) for one in others]
        have = {path: file for path, file in (edition.files | edition.carried).items() if path not in edition.purged}
        want = {path: file for path, file in edition.files.items() if site or path not in edition.purged}
        try:
            made = fill(str(self.release(edition.name)), have, want | carried, sources, str(site or ""))
        except OSError as error:
            raise unwritable(error, error.filename or str(self.folder)) from None
        return msgspec.structs.replace(edition, carried={path: made[path] for path in carried if path in made})

    def drop(self, name: str) -> None:
        """Remove an edition: first what is known of it, so that a half removed one is none."""
        (self._releases / f"{name}.json").unlink(missing_ok=True)
        shutil.rmtree(self.release(name), ignore_errors=True)

    def purge(self, edition: Edition, paths: Sequence[str]) -> Edition:
        """Take files out of an edition; the edition without them."""
        real = _Real(str(self.release(edition.name)))
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                real.remove(path)
        edition = msgspec.structs.replace(edition, purged=tuple(sorted({*edition.purged, *(p for p in paths if p in edition.files)})))
        self.keep(edition)
        return edition

    def _tidy(self) -> None:
        """Remove what a run that was killed had begun or not ended."""
        names = self.names()
        with suppress(FileNotFoundError):
            for name in os.listdir(self._releases):
                if name.removesuffix(".json") not in names or name == _NEW:
                    path = self._releases / name
                    path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)


def hashed(edition: Edition) -> Files:
    """The edition's own files that are named by a digest."""
    return {path: file for path, file in edition.files.items() if _HASHED.search("/" + path)}


def fill(folder: str, have: Files, want: Mapping[str, File], sources: Iterable[tuple[str, Files]], site: str) -> Files:
    """Bring a folder from some files to others; what is there then, with sizes.

    A file that a source has with the same digest is linked; what none has is copied from `site`, and must have the digest that is
    wanted (UserError, exit code 3). What can be had nowhere is left out where `site` is "". Raises OSError.
    """
    real, original = _Real(folder), _Real(site)
    places = [(_Real(place), files) for place, files in sources]
    out: Files = {}
    for path in have.keys() - want.keys():
        with suppress(FileNotFoundError, NotADirectoryError):
            real.remove(path)
    copied = []
    for path, file in want.items():
        if have.get(path, ("",))[0] == file.digest:
            out[path] = have[path]
            continue
        for source, files in places:
            known = files.get(path)
            if known and known.digest == file.digest and source.link(path, real):
                out[path] = known
                break
        else:
            if site:
                out[path] = File(file.digest, real.copy(path, original, file.digest))
                copied.append(os.path.join(folder, path))
    _to_disk(copied)
    return out


class _Real:
    """A folder, and the folders below it that are no links to elsewhere; each is looked at once."""

    def __init__(self, top: str) -> None:
        self.top = top
        self._known = {"": True}

    def has(self, folder: str, make: bool = False) -> bool:
        """Whether a folder below is one indeed; with `make` it is made, in the place of anything else."""
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

    def link(self, path: str, to: _Real) -> bool:
        """Link a file to the same place below another folder; whether that could be done."""
        source, target = os.path.join(self.top, path), os.path.join(to.top, path)
        try:
            if not self.has(os.path.dirname(path)) or not stat.S_ISREG(os.lstat(source).st_mode):
                return False
            to.has(os.path.dirname(path), make=True)
            try:
                os.link(source, target)
            except FileExistsError:
                os.link(source, target + ".new")
                os.replace(target + ".new", target)
        except OSError:
            return False  # too many links, a file that has gone: it is copied
        return True

    def copy(self, path: str, site: _Real, wanted: str) -> int:
        """Copy a file of the site to the same place, as one of its own; its size. Raises OSError, UserError."""
        source, target = os.path.join(site.top, path), os.path.join(self.top, path)
        self.has(os.path.dirname(path), make=True)
        try:
            if not site.has(os.path.dirname(path)) or not stat.S_ISREG(os.lstat(source).st_mode):
                raise _differs(source)
            with open(source, "rb") as original:
                data = original.read()
        except FileNotFoundError:
            raise _differs(source) from None
        if digest.of_bytes(data).hex() != wanted:
            raise _differs(source)
        with open(target + ".new", "wb") as copy:
            copy.write(data)
        os.replace(target + ".new", target)
        return len(data)

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that this leaves empty. Raises OSError."""
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
    """Bring new files to the disk before anything leads to them: the machine may lose power."""
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
    hint = "`newsgen build` writes it again where the file is missing, `newsgen build --verify` tells of others"
    return build_error("output-differs", f"{file} is not what the manifest {MANIFEST} says; nothing is published", hint=hint)
