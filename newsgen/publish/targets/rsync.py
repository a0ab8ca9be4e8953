"""A folder on a server, updated by rsync."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from newsgen.publish.targets.program import failed, run_program
from newsgen.publish.targets.target import UNKNOWN, Sending, Sent, difference
from newsgen.store.output import MANIFEST, above, in_the_way, manifest_text, read_manifest


class Rsync:
    """A folder on another machine, reached over ssh or through an rsync daemon."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/") + "/"

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Send an edition (see Target). Replaces each file atomically."""
        with tempfile.TemporaryDirectory(prefix="newsgen-") as folder:
            own = Path(folder)
            self._rsync([self._address + MANIFEST, str(own)], absent=(23,))
            before = sending.believed(read_manifest(own))
            changed, gone = difference(self._address, before, sending.files, limit)
            sent = Sent(self._address, len(changed), len(gone))
            if dry_run or not (changed or gone):
                return sent
            there = {**before, **dict.fromkeys(changed, UNKNOWN)}
            self._note(own, there)
            blocking = set(in_the_way(changed, gone))
            if blocking:  # a file became a folder, or a folder a file
                self._remove(own, sorted(blocking), sending.files)
                self._note(own, {path: there[path] for path in there.keys() - blocking})
            for wanted in (True, False):
                self._some(
                    sending.folder, [path for path in changed if (path in sending.first) is wanted]
                )
            self._remove(own, [path for path in gone if path not in blocking], sending.files)
            self._note(own, sending.files)
        return sent

    def _remove(self, own: Path, gone: Sequence[str], files: Iterable[str]) -> None:
        """Remove files on the target, and any folders that this leaves empty.

        rsync removes a file if it is asked to send it from an empty folder.
        """
        nothing = own / "nothing"
        nothing.mkdir(exist_ok=True)
        self._some(nothing, gone, "--delete-missing-args")
        empty = {folder for path in gone for folder in above(path)} - {
            folder for path in files for folder in above(path)
        }
        for _, level in groupby(
            sorted(empty, key=_depth), key=_depth
        ):  # a folder with foreign files stays
            self._some(nothing, list(level), "--delete-missing-args", "--dirs")

    def _note(self, own: Path, files: Mapping[str, str]) -> None:
        (own / MANIFEST).write_text(manifest_text(files), "utf-8")
        self._some(own, [MANIFEST])

    def _some(self, folder: Path, paths: Sequence[str], *options: str) -> None:
        """Send these paths, or remove them there. A missing file (24) does not fail a removal."""
        if paths:
            which = [
                "--files-from=-",
                "--from0",
                "--checksum",
                "--perms",
                "--chmod=D755,F644",
                "--no-implied-dirs",
                *options,
            ]
            listed = "\0".join(
                f"./{path}" for path in paths
            )  # "./": rsync skips lines that start with # or ;, even with --from0
            self._rsync(
                [*which, f"{folder}/", self._address],
                listed.encode(),
                absent=(24,) if options else (),
            )

    def _rsync(
        self, arguments: Sequence[str], given: bytes = b"", absent: Sequence[int] = ()
    ) -> None:
        environment = {"RSYNC_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=30", **os.environ}
        done = run_program(
            ["rsync", "--timeout=120", *arguments], self._address, given, environment
        )
        if done.returncode and done.returncode not in absent:
            raise failed(self._address, done)


def _depth(folder: str) -> int:
    """Return a sort key that puts the deepest folders first."""
    return -folder.count("/")
