"""Editions: complete copies of the site, each in its own folder, one of them live behind a link.

    editions/releases/EDITION/        the files, which a host serves through the link `current`
    editions/releases/EDITION.jsonl   its record: a summary line, then everything; never served
    editions/current                  a link to the live edition, replaced by one rename
    editions/hold.json                present after a rollback: this edition stays live
    editions/untold.json              the last announced edition, while the live one is not
    announced

A new edition is made in `releases/.new`. If an old edition is due for removal, newsgen reuses its
folder and touches only what differs. Otherwise it links the files of other editions. The next run
removes what a killed run leaves behind.
"""

import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, structs

from newsgen.core.atomic import replace_file
from newsgen.core.problems import build_error, settings_error
from newsgen.publish.edition_images import without_images
from newsgen.publish.hardlinks import Files, Real, fill, fitting
from newsgen.store.output import Output, unwritable

CURRENT = "current"
_RELEASES, _NEW, _KNOWN, _HOLD, _UNTOLD = "releases", ".new", ".jsonl", "hold.json", "untold.json"
# File names with a digest. A reader with a page of another edition open may still request them.
_HASHED = re.compile(r"[.\-/][0-9a-f]{8,64}(?:-\d+)?\.\w+$")
H = TypeVar("H")


class Told(Struct, frozen=True, array_like=True, gc=False):
    """The record of an article in an edition.

    `file` is its path below the content folder, `digest` covers all its content, and `corrections`
    counts its corrections.
    """

    file: str
    route: str
    title: str
    time: datetime
    digest: str
    corrections: int = 0
    expires: datetime | None = None


class Head(Struct, frozen=True):
    """The summary of a kept edition.

    `name` is the digest of its manifest. `serial` counts publications, because clocks may go back.
    `size` is in bytes, and `change` describes its changes in words. `purged` are files removed by
    hand. `built` is the digest of the manifest of the built site, including articles that guards
    kept out of the edition.
    """

    name: str
    serial: int
    published: datetime
    size: int = 0
    change: str = ""
    purged: tuple[str, ...] = ()
    built: str = ""

    def is_of(self, built: str) -> bool:
        """Return whether the edition was made from the built site with this manifest digest."""
        return built in (self.name, self.built)


class Edition(Head, frozen=True, kw_only=True):
    """The full record of a kept edition. `carried` are hashed files of other editions."""

    files: Files
    stories: tuple[Told, ...]
    carried: Files = {}


class Hold(Struct, frozen=True):
    """A hold after a rollback: this edition stays live and nothing is published over it."""

    edition: str
    since: datetime


_edition = msgspec.json.Decoder(Edition)
_head = msgspec.json.Decoder(Head)


class Store:
    """The folder of all editions.

    Methods raise UserError (exit code 3) if something cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._releases = folder / _RELEASES

    def lock(self, wait: bool = False) -> Any:
        """Lock the folder until the returned value is released.

        Raises UserError: exit code 4 if another run holds it, 3 if the lock cannot be created.
        """
        return Output(self.folder).lock(wait)

    def release(self, name: str) -> Path:
        """Return the folder of an edition's files."""
        return self._releases / name

    def names(self) -> list[str]:
        """Return the names of complete editions, in no order."""
        try:
            there = set(os.listdir(self._releases))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [name for name in there if name + _KNOWN in there and not name.startswith(".")]

    def live_name(self) -> str:
        """Return the name of the live edition, or "" if there is none."""
        try:
            return os.path.basename(os.readlink(self.folder / CURRENT))
        except OSError:
            return ""

    def live_head(self) -> Head | None:
        """Return the summary of the live edition."""
        name = self.live_name()
        return self._known(name, _head, 0) if name in self.names() else None

    def live(self) -> Edition | None:
        """Return the record of the live edition."""
        name = self.live_name()
        return self.read(name) if name in self.names() else None

    def read(self, name: str) -> Edition:
        """Return the full record of an edition."""
        return self._known(name, _edition, 1)

    def heads(self) -> list[Head]:
        """Return the summaries of all kept editions, last published first."""
        return sorted(
            (self._known(name, _head, 0) for name in self.names()), key=lambda head: -head.serial
        )

    def _known(self, name: str, decoder: msgspec.json.Decoder[H], line: int) -> H:
        file = self._releases / (name + _KNOWN)
        try:
            with file.open("rb") as lines:
                return decoder.decode([lines.readline() for _ in range(line + 1)][line])
        except (OSError, msgspec.MsgspecError) as error:
            hint = "remove it, and the folder of that name beside it; the other editions stay"
            raise build_error("bad-edition", f"{file} cannot be read: {error}", hint=hint) from None

    def find(self, start: str) -> Edition:
        """Return the edition whose name starts with `start`.

        Raises UserError (exit code 2) if there is none or more than one.
        """
        found = [name for name in self.names() if name.startswith(start)]
        if len(found) != 1:
            what = "is not a kept edition" if not found else "may be " + " or ".join(sorted(found))
            raise settings_error(
                "no-such-edition", f"{start} {what}", hint="`newsgen editions` lists them"
            )
        return self.read(found[0])

    def hold(self) -> Hold | None:
        """Return the hold, if there is one."""
        return self._noted(_HOLD, Hold)

    def set_hold(self, hold: Hold | None) -> None:
        """Set the hold, or lift it with None."""
        self._note(_HOLD, hold)

    def untold(self) -> str | None:
        """Return the last announced edition ("": none), or None if the live one is announced."""
        return self._noted(_UNTOLD, str)

    def set_untold(self, since: str | None) -> None:
        """Store the last announced edition, or None once the live one is announced."""
        self._note(_UNTOLD, since)

    def _noted(self, name: str, type_: type[H]) -> H | None:
        file = self.folder / name
        try:
            return msgspec.json.decode(file.read_bytes(), type=type_)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise build_error(
                "bad-edition",
                f"{file} cannot be read: {error}",
                hint="remove it: its information is lost then",
            ) from None

    def _note(self, name: str, value: object) -> None:
        if value is None:
            (self.folder / name).unlink(missing_ok=True)
        else:
            self.replace(name, msgspec.json.encode(value))

    def replace(self, path: str, data: bytes) -> None:
        """Write one of newsgen's own files atomically."""
        try:
            replace_file(self.folder / path, data, durable=True)
        except OSError as error:
            raise unwritable(error, str(self.folder / path)) from None

    def keep(self, edition: Edition) -> None:
        """Write the record of an edition."""
        head = Head(*(getattr(edition, name) for name in Head.__struct_fields__))
        self.replace(
            f"{_RELEASES}/{edition.name}{_KNOWN}",
            b"\n".join(map(msgspec.json.encode, (head, edition))),
        )

    def flip(self, name: str) -> None:
        """Make an edition live, in one rename."""
        new = self.folder / f".{CURRENT}"
        try:
            new.unlink(missing_ok=True)
            new.symlink_to(f"{_RELEASES}/{name}")
            new.replace(self.folder / CURRENT)
        except OSError as error:
            new.unlink(missing_ok=True)
            hint = f"{CURRENT} is a link of newsgen's; move away the file or folder in its place"
            raise build_error(
                "cannot-write",
                f"{self.folder / CURRENT} cannot be replaced: {error.strerror}",
                hint=hint,
            ) from None

    def make(self, edition: Edition, site: Path, keep: int) -> Edition:
        """Create an edition with these `files`, and return it with all sizes.

        The digests of `files` are those of the site's manifest. Editions beyond `keep` are removed,
        oldest first, but never the live edition or the last announced one; the folder of one of
        them is reused. On failure, the other editions are unchanged.
        """
        heads, needed = self.heads(), (self.live_name(), self.untold())
        over = [head.name for head in reversed(heads) if head.name not in needed][
            : max(0, len(heads) + 1 - keep)
        ]
        others = [self.read(head.name) for head in heads if head.name not in over]
        new = self._releases / _NEW
        try:
            self._tidy()
            have: Files = {}
            if over:
                have = all_files(self.read(over[0]))
                os.replace(self.release(over[0]), new)
                (self._releases / (over[0] + _KNOWN)).unlink()
            else:
                new.mkdir(parents=True)
            carried: Files = {}
            for one in others:
                spare = {
                    path: file
                    for path, file in one.files.items()
                    if path not in one.purged and _HASHED.search("/" + path)
                }
                carried |= self._seemly(spare, one, edition)
            carried = {path: file for path, file in carried.items() if path not in edition.files}
            sources = [(str(self.release(one.name)), all_files(one)) for one in others]
            made = fill(str(new), have, edition.files, carried, sources, str(site))
            edition = structs.replace(
                edition,
                files={path: made[path] for path in edition.files},
                carried={path: made[path] for path in carried if path in made},
                size=sum(file.size for file in made.values()),
            )
            self.keep(edition)
            os.replace(new, self.release(edition.name))
        except BaseException as error:
            with suppress(OSError):
                self._tidy()
            if isinstance(error, OSError):
                raise unwritable(error, error.filename or str(new)) from None
            raise
        for name in over[1:]:
            self.drop(name)
        return edition

    def repair(self, edition: Edition, live: Edition | None, site: Path | None = None) -> Edition:
        """Complete an existing edition so that it can go live after `live`.

        It gets that edition's hashed files and, with `site`, its own purged files back.
        """
        have, files = all_files(edition), all_files(live) if live else {}
        hashed = {
            path: file
            for path, file in files.items()
            if path not in have and _HASHED.search("/" + path)
        }
        carried = fitting(self._seemly(hashed, live, edition) if live else {}, have)
        back = {path: edition.files[path] for path in edition.purged} if site else {}
        if not carried and not back:
            return edition
        try:
            sources = [(str(self.release(live.name)), files)] if live else []
            made = fill(str(self.release(edition.name)), {}, back, carried, sources, str(site))
        except OSError as error:
            raise unwritable(error, error.filename or str(self.folder)) from None
        carried = {path: made[path] for path in carried if path in made}
        return structs.replace(
            edition, carried=edition.carried | carried, purged=() if site else edition.purged
        )

    def _seemly(self, files: Files, of: Edition, edition: Edition) -> Files:
        """Return the files of another edition that this one may carry.

        Images of articles that this edition does not show are left out, because those may be
        withheld.
        """
        shown = {story.file for story in edition.stories}
        gone = (story.route for story in of.stories if story.file not in shown)
        return without_images(files, self.release(of.name), gone)

    def drop(self, name: str) -> None:
        """Remove an edition.

        Its record goes first, so that a half-removed edition does not count as one.
        """
        (self._releases / (name + _KNOWN)).unlink(missing_ok=True)
        shutil.rmtree(self.release(name), ignore_errors=True)

    def purge(self, edition: Edition, paths: Sequence[str]) -> None:
        """Remove files from an edition."""
        real = Real(str(self.release(edition.name)))
        try:
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError):
                    real.remove(path)
        except OSError as error:
            raise unwritable(error, error.filename) from None
        purged = {*edition.purged, *(path for path in paths if path in edition.files)}
        carried = {path: file for path, file in edition.carried.items() if path not in paths}
        self.keep(structs.replace(edition, purged=tuple(sorted(purged)), carried=carried))

    def _tidy(self) -> None:
        """Remove what a killed run began or left unfinished."""
        names = self.names()
        with suppress(FileNotFoundError):
            for name in os.listdir(self._releases):
                if name.removesuffix(_KNOWN) not in names or name == _NEW:
                    path = self._releases / name
                    path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)


def all_files(edition: Edition) -> Files:
    """Return an edition's files, including those it carries, without purged ones."""
    files = edition.files | edition.carried
    return (
        {path: files[path] for path in files.keys() - set(edition.purged)}
        if edition.purged
        else files
    )
