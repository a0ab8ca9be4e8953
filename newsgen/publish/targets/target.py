"""Shared by all targets: what to send, and the difference from a target's files. A target has the
manifest that the last transfer left there. newsgen sends only files that differ and removes only
files that it sent. A server cannot change all files at once. So newsgen first sends files that
pages need and pages that nothing links to yet, then the files that link to them, and removes files
last. During a transfer, the target's manifest marks the files that are being changed as unknown, so
an interrupted transfer resumes next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError

UNKNOWN = "0" * 32


class Request(Struct, frozen=True, omit_defaults=True):
    """A change of one file at a target, with the headers that it is stored with."""

    method: str
    path: str
    headers: Mapping[str, str] = {}


class Sent(Struct, frozen=True, omit_defaults=True):
    """What was or would be sent to a target: the number of files, and the number removed there.

    `requests` are the changes of a dry run, where the target is an object store.
    """

    target: str
    files: int
    removed: int
    requests: tuple[Request, ...] = ()


class Sending(NamedTuple):
    """An edition to send: its folder and its files (digests by path).

    `first` are the files to send before those that link to them. With `verify`, the target's
    manifest is not trusted.
    """

    folder: Path
    files: Mapping[str, str]
    first: frozenset[str]
    title: str
    verify: bool = False

    def believed(self, manifest: Mapping[str, str]) -> Mapping[str, str]:
        """Return a target's manifest, with all files unknown if they are to be verified."""
        return dict.fromkeys(manifest, UNKNOWN) if self.verify else manifest


class Target(Protocol):
    """A place that receives editions."""

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Update the target to an edition.

        Raises UserError: exit code 3 if that fails, 5 if more than `limit` files would be removed.
        """


def difference(
    address: str, before: Mapping[str, str], files: Mapping[str, str], limit: int
) -> tuple[list[str], list[str]]:
    """Return the files to send and those to remove.

    `before` is the manifest found on the target, which someone else may have edited.
    """
    changed = sorted(path for path, digest in files.items() if before.get(path) != digest)
    gone = sorted(
        path for path in before.keys() - files.keys() if {"", ".", ".."}.isdisjoint(path.split("/"))
    )
    if len(gone) > limit:
        message = (
            f"{address}: {count(len(gone), 'file')} would be removed, more than {limit:,}; "
            "nothing is sent"
        )
        raise UserError(
            Problem(
                "error", "guard-deletes", message, hint="if that is intended, raise --max-deletes"
            ),
            5,
        )
    return changed, gone
