"""Copy the content in a bucket into a folder, from which newsgen reads it like any other content.
So a build needs no network, and everything that reads articles works on files. The folder's index
has the version of each copy: the `ETag` of its object (RFC 9110, section 8.8.3). Only objects with
another version are copied again. A killed run leaves the copies that it finished.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from newsgen.config.bucket import Bucket
from newsgen.content.scan import OF_CONTENT, SUFFIXES, bad_name, printable_path, scan
from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.core.engine import INLINE
from newsgen.core.guarded_workers import Lost, run
from newsgen.core.messages import count
from newsgen.core.problems import Problem, build_error
from newsgen.core.progress import Progress
from newsgen.network.bucket_client import each, failed, open_bucket

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore as Client

T = TypeVar("T")
R = TypeVar("R")
_INDEX = ".newsgen-index"
_LOCK = ".newsgen-lock"
_BATCH = 256  # objects copied between two lines of progress, and two writes of the index
_PATIENCE = 60  # seconds for which a request is tried again
_CPU_SECONDS = 3600  # of CPU time for listing or copying: far more than a million objects need
_LONGEST = 240  # bytes of a name; most file systems allow 255


class Copied(NamedTuple):
    """A copy: its path, the version of its object, and the stat of the file."""

    path: str
    version: str
    size: int
    mtime: int


def mirror(bucket: Bucket, folder: Path, progress: Progress) -> list[Problem]:
    """Make `folder` a copy of the content in the bucket, and return the problems of objects.

    Other files there are deleted. Raises UserError (exit code 3) if the folder holds other things
    than copies, and if the bucket cannot be read or holds nothing to copy.
    """
    from filelock import FileLock

    index = folder / _INDEX
    if not index.exists() and any(one.name != _LOCK for one in folder.glob("*")):
        message = f"{folder} already holds other things than copies of {bucket.address}"
        hint = "name another folder with the setting content.copy"
        raise build_error("foreign-file", message, hint=hint)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / _LOCK):  # another run may copy at the same time: wait for it
        (listed,) = _apart(_lister, bucket, folder, [None])
        wanted, problems = _wanted(bucket, listed)
        if not wanted:
            held = (
                f"holds {count(len(listed), 'object')}, but no articles" if listed else "is empty"
            )
            hint = "newsgen reads files that end in " + ", ".join(SUFFIXES)
            raise build_error("no-content", f"{bucket.address} {held}", hint=hint)
        there = {stat.path: stat for stat in scan(folder, (), (_INDEX, _LOCK), hidden=True)[0]}
        known = _load(index, bucket)
        kept = {
            path: one
            for path, one in known.items()
            if wanted.get(path) == one.version
            and path in there
            and (there[path].size, there[path].mtime) == (one.size, one.mtime)
        }
        if len(kept) < len(wanted) or len(kept) < len(known) or there.keys() - wanted.keys():
            _save(index, bucket, kept.values())
            _remove(folder, there.keys() - wanted.keys())
            vanished = _copy(
                bucket, folder, index, [path for path in wanted if path not in kept], progress
            )
            message = "was deleted while newsgen copied the content; it is left out"
            problems += [_problem(bucket, path, "unreadable-file", message) for path in vanished]
        return problems


def _wanted(
    bucket: Bucket, listed: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], list[Problem]]:
    """Return the versions of the objects to copy by path, and the problems of others.

    As in a folder, hidden files and what newsgen does not read or publish are left out.
    """
    chosen = {
        path: version
        for path, version in listed
        if path.lower().endswith(OF_CONTENT) and not any(p[0] == "." for p in path.split("/"))
    }
    folders = {path[:at] for path in chosen for at, sign in enumerate(path) if sign == "/"}
    problems = []
    for path in [*chosen]:
        if refusal := _refusal(path, folders):
            problems.append(_problem(bucket, path, *refusal))
            del chosen[path]
    return chosen, problems


def _refusal(path: str, folders: set[str]) -> tuple[str, str] | None:
    """Return why an object cannot be a file (code and message)."""
    if path in folders:
        return "file-name", "has the name of a folder; it is ignored"
    if any(len(part.encode()) > _LONGEST for part in path.split("/")):
        return "file-name", f"has a name of more than {_LONGEST} bytes; it is ignored"
    if os.sep != "/" and not {"\\", ":"}.isdisjoint(path):
        return "file-name", "has a name that this system does not allow; it is ignored"
    return bad_name(path)


def _problem(bucket: Bucket, path: str, code: str, message: str) -> Problem:
    return Problem("warning", code, message, file=f"{bucket.address}/{printable_path(path)}")


def _copy(
    bucket: Bucket, folder: Path, index: Path, paths: Sequence[str], progress: Progress
) -> list[str]:
    """Copy objects, and return the paths of those that are gone."""
    batches = [paths[i : i + _BATCH] for i in range(0, len(paths), _BATCH)]
    vanished: list[str] = []
    done = 0
    for batch, copied in zip(batches, _apart(_copier, bucket, folder, batches), strict=True):
        with index.open("ab") as lines:
            lines.write(_encoder.encode_lines(copied))
        gone = set(batch).difference(one.path for one in copied)
        _remove(folder, gone)  # an earlier copy
        vanished += sorted(gone)
        done += len(batch)
        progress("copying", done, len(paths))
    return vanished


def _apart(
    prepare: Callable[[tuple[Bucket, Path]], Callable[[T], R]],
    bucket: Bucket,
    folder: Path,
    items: Sequence[T],
) -> Iterator[R]:
    """Yield the result of each item, done in a forked process where possible. Clients start
    threads, and a process with threads cannot be forked for other work.
    """
    batches = [[item] for item in items]
    for (done,) in run(prepare, (bucket, folder), batches, INLINE, _CPU_SECONDS):
        if isinstance(done, Lost):
            raise build_error("content-failed", f"{bucket.address}: copying {done.reason}")
        yield done


def _lister(state: tuple[Bucket, Path]) -> Callable[[None], list[tuple[str, str]]]:
    """Return a function that lists the bucket: the path of each object, and its version."""
    bucket, _ = state
    return lambda _: [
        (one["path"], _version(one))
        for batch in _tried(bucket, lambda: [*open_bucket(bucket, _PATIENCE).list()])
        for one in batch
    ]


def _copier(state: tuple[Bucket, Path]) -> Callable[[Sequence[str]], list[Copied]]:
    """Return a function that copies the objects with these paths, except those that are gone by
    now.
    """
    bucket, folder = state
    client = _tried(bucket, lambda: open_bucket(bucket, _PATIENCE))

    async def copy_all(paths: Sequence[str]) -> list[Copied]:
        copied: list[Copied] = []

        async def copy(path: str) -> None:
            with suppress(FileNotFoundError):
                copied.append(await _copy_one(client, path, folder))

        await each(paths, copy)
        return copied

    return lambda paths: _tried(bucket, lambda: asyncio.run(copy_all(paths)))


async def _copy_one(client: Client, path: str, folder: Path) -> Copied:
    """Copy an object as it is now, which may be newer than the list. Raises FileNotFoundError."""
    found = await client.get_async(path)
    target, part = folder / path, folder / f".{digest.of_text(path).hex()}"
    time = int(found.meta["last_modified"].timestamp()) * 1_000_000_000
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(part, "wb") as file:
        async for piece in found.stream():
            file.write(piece)
    os.utime(part, ns=(time, time))
    os.replace(part, target)
    info = target.stat()
    return Copied(path, _version(found.meta), info.st_size, info.st_mtime_ns)


def _version(found: ObjectMeta) -> str:
    """Return a value that changes with the object: its `ETag`, or its time in a store without
    one.
    """
    return found["e_tag"] or found["last_modified"].isoformat()


def _tried(bucket: Bucket, work: Callable[[], T]) -> T:
    """Return the result of requests. Raises UserError (exit code 3)."""
    from obstore.exceptions import BaseError

    try:
        return work()
    except* (BaseError, OSError, ValueError) as errors:
        hint = "the site stays as it is; the next run resumes"
        raise failed(bucket, errors, "content-failed", hint) from None


def _remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files, and the folders that this leaves empty."""
    for path in paths:
        with suppress(FileNotFoundError):
            (folder / path).unlink()
        with suppress(OSError):
            os.removedirs((folder / path).parent)


def _load(index: Path, bucket: Bucket) -> dict[str, Copied]:
    """Return the entries of the index by path, none if it belongs to another bucket."""
    lines = index.read_bytes().splitlines() if index.exists() else []
    found = {}
    for line in lines:
        with suppress(msgspec.DecodeError):  # a killed run may leave a truncated line
            one = _decoder.decode(line)
            found[one.path] = one
    own = found.pop("", None)
    return found if own and own.version == _name(bucket) else {}


def _save(index: Path, bucket: Bucket, kept: Iterable[Copied]) -> None:
    lines = [Copied("", _name(bucket), 0, 0), *kept]
    replace_file(index, _encoder.encode_lines(lines))


def _name(bucket: Bucket) -> str:
    return f"{bucket.address} {bucket.endpoint or ''}"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Copied)
