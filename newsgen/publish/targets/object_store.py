"""A folder of an object store: Amazon S3 and compatible stores, Google Cloud, Azure.

An object store changes one object at a time. So, as on a server, files come in the order in which
they link to each other, and removals come last. The object `.newsgen-manifest` names the files that
newsgen has put there. It is also the lease that keeps two publishers apart. A publisher may replace
it only if it is still the version that the publisher read. Then the publisher may write until a
time in the object (see `Lease`).
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from newsgen.config.publish import TargetBucket
from newsgen.core import digest
from newsgen.core.problems import UserError
from newsgen.network.bucket_client import each, failed, open_bucket
from newsgen.publish.targets.lease import LEASE, Lease, LeaseLost
from newsgen.publish.targets.target import UNKNOWN, Request, Sending, Sent, difference
from newsgen.store.host_rules import headers_for
from newsgen.store.media_types import content_type
from newsgen.store.output import MANIFEST

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Client

_LARGE = 8_000_000  # bytes; larger files are read and sent in parts
_SMALL = 500  # bytes; compressing less saves nothing
_TEXT = ("text/", "application/json", "application/xml", "image/svg+xml", "application/manifest")
_ENCODINGS = {"": "", "gzip": "gzip", "brotli": "br"}
# The headers of `_headers` that an object can have.
_ATTRIBUTES = ("Content-Type", "Cache-Control", "Content-Language", "Content-Disposition")


class ObjectStore:
    """A bucket, or a folder of one."""

    def __init__(self, bucket: TargetBucket) -> None:
        self._bucket, self._address = bucket, bucket.address

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Send an edition (see Target). An edit costs three requests in addition to those for its
        files.
        """
        from obstore.exceptions import BaseError

        try:
            return asyncio.run(self._send(sending, limit, dry_run))
        except* (LeaseLost, BaseError, OSError, ValueError) as errors:
            raise self._failed(errors) from None

    async def _send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        client = open_bucket(self._bucket, LEASE // 3)
        attributes = self._attributes(sending)
        wanted = {path: _key(digest_, attributes[path]) for path, digest_ in sending.files.items()}
        lease = await Lease.read(client)
        there = lease.manifest.files
        if sending.verify:
            there = await _found(client, {*there, *wanted})
        changed, gone = difference(self._address, there, wanted, limit)
        requests = (
            *(Request("PUT", path, attributes[path]) for path in changed),
            *(Request("DELETE", path) for path in gone),
        )
        sent = Sent(self._address, len(changed), len(gone), requests if dry_run else ())
        if dry_run or not requests:
            return sent
        await lease.take({**there, **dict.fromkeys(changed, UNKNOWN)})
        for paths in _phases(changed, sending.first):
            await each(paths, lambda path: self._put(client, lease, sending, path, attributes))
        await lease.keep()
        if gone:
            await client.delete_async(gone)
        await lease.release(wanted)
        return sent

    async def _put(
        self,
        client: Client,
        lease: Lease,
        sending: Sending,
        path: str,
        attributes: Mapping[str, Mapping[str, str]],
    ) -> None:
        await lease.keep()
        file, own = sending.folder / path, dict(attributes[path])
        body: Path | bytes = file
        if "Content-Encoding" in own:
            body = _compressed(file.read_bytes(), own["Content-Encoding"])
        elif file.stat().st_size <= _LARGE:
            body = file.read_bytes()
        await client.put_async(path, body, attributes=own, use_multipart=isinstance(body, Path))

    def _attributes(self, sending: Sending) -> dict[str, dict[str, str]]:
        """Return the headers that each object is stored with, by path."""
        file = sending.folder / "_headers"
        rules = file.read_text("utf-8") if "_headers" in sending.files else ""
        out = {}
        for path in sending.files:
            address = "/" + path.removesuffix("index.html")
            found = {name.title(): value for name, value in headers_for(rules, address).items()}
            own = {name: found[name] for name in _ATTRIBUTES if name in found}
            kind = own.setdefault("Content-Type", content_type(path))
            encoding = _ENCODINGS[self._bucket.compress]
            if encoding and kind.startswith(_TEXT):
                size = (sending.folder / path).stat().st_size
                own |= {"Content-Encoding": encoding} if _SMALL < size <= _LARGE else {}
            out[path] = own
        return out

    def _failed(self, error: BaseException) -> UserError:
        hint = "the edition is live here; `newsgen publish` resumes the upload"
        return failed(self._bucket, error, "target-failed", hint)


def _key(bytes_digest: str, attributes: Mapping[str, str]) -> str:
    """Return the digest of an object: of its file's bytes and of its headers."""
    own = digest.of_value(sorted(attributes.items()))
    return digest.fold([bytes.fromhex(bytes_digest), own]).hex()


def _phases(changed: Sequence[str], first: frozenset[str]) -> Iterator[list[str]]:
    """Yield groups of files to put at once, in the order in which they link to each other. Files
    that pages need and pages that nothing links to yet come first, then lists and feeds, then the
    front page.
    """
    front = "index.html"
    yield [path for path in changed if path in first and path != front]
    yield [path for path in changed if path not in first and path != front]
    yield [path for path in changed if path == front]


async def _found(client: Client, paths: set[str]) -> dict[str, str]:
    """Return the digests of those objects at these paths that really exist. All are read."""
    listed: list[str] = []
    async for batch in client.list():
        listed += [one["path"] for one in batch if one["path"] in paths]
    out: dict[str, str] = {}

    async def read(path: str) -> None:
        found = await client.get_async(path)
        data = bytes(await found.bytes_async())
        own = {name: str(found.attributes[name]) for name in found.attributes}
        data = _decompressed(data, own.get("Content-Encoding", ""))
        out[path] = _key(digest.of_bytes(data).hex(), own)

    await each([path for path in listed if path != MANIFEST], read)
    return out


def _compressed(data: bytes, encoding: str) -> bytes:
    """Return text in a content encoding (RFC 9110, section 8.4.1; RFC 7932)."""
    if encoding == "gzip":
        return gzip.compress(data, mtime=0)
    import brotli

    # The highest quality is 11: it takes three times as long, for 3 % less.
    compressed: bytes = brotli.compress(data, quality=10)
    return compressed


def _decompressed(data: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(data)
    if encoding != "br":
        return data
    import brotli

    decompressed: bytes = brotli.decompress(data)
    return decompressed
