"""The manifest of an object store, which is also a lease: the right to write there.

To take the lease, a publisher replaces the manifest by one that names a holder and a time. The put
is conditional (RFC 9110, section 13.1): the manifest must still be the version that was read. A
second publisher finds the holder and gives up. If both read the same version, its put is refused. A
publisher renews the lease while it works. It stops if that is refused, because another publisher
took the lease after its end.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from newsgen.store.output import MANIFEST

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, PutResult, UpdateVersion
    from obstore.store import ObjectStore as Client

LEASE = 600  # seconds that a lease holds; it is renewed after a third of them


class LeaseLost(Exception):
    """Another publisher has the lease. The message says so."""


class Manifest(Struct, frozen=True, omit_defaults=True):
    """The files that newsgen has put into an object store.

    `files` are digests by path. `number` counts the leases. `holder` is the current publisher, ""
    if there is none. It may write until `expires`.
    """

    files: dict[str, str] = {}
    number: int = 0
    holder: str = ""
    expires: datetime | None = None


class Lease:
    """The manifest as it was read, and the right to replace it."""

    def __init__(self, client: Client, manifest: Manifest, mode: PutMode) -> None:
        self.manifest = manifest
        self._client, self._mode = client, mode
        self._renewed = 0.0
        self._renewing = asyncio.Lock()

    @classmethod
    async def read(cls, client: Client) -> Lease:
        """Read the manifest. A store without one, or with a damaged one, holds no files yet."""
        try:
            found = await client.get_async(MANIFEST)
        except FileNotFoundError:
            return cls(client, Manifest(), "create")
        try:
            manifest = msgspec.json.decode(bytes(await found.bytes_async()), type=Manifest)
        except msgspec.DecodeError:
            manifest = Manifest()
        return cls(client, manifest, _version(found.meta))

    async def take(self, files: Mapping[str, str]) -> None:
        """Take the lease, and record the files as they may be from now on. Raises LeaseLost."""
        ends = self.manifest.expires
        if self.manifest.holder and ends and ends > datetime.now(UTC):
            raise LeaseLost(f"another run publishes there, at most until {ends:%Y-%m-%d %H:%M} UTC")
        number = self.manifest.number + 1
        self.manifest = Manifest(dict(files), number, secrets.token_hex(8))
        await self._renew()

    async def keep(self) -> None:
        """Renew the lease if necessary. Call this before each write. Raises LeaseLost."""
        async with self._renewing:
            if time.time() - self._renewed > LEASE / 3:
                await self._renew()

    async def release(self, files: Mapping[str, str]) -> None:
        """Record the files that are there now, and release the lease. Raises LeaseLost."""
        await self._write(Manifest(dict(files), self.manifest.number))

    async def _renew(self) -> None:
        now = time.time()
        ends = datetime.fromtimestamp(now, UTC) + timedelta(seconds=LEASE)
        await self._write(structs.replace(self.manifest, expires=ends))
        self._renewed = now

    async def _write(self, manifest: Manifest) -> None:
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            put = await self._client.put_async(
                MANIFEST,
                msgspec.json.encode(manifest),
                attributes={"Content-Type": "application/json", "Cache-Control": "no-store"},
                mode=self._mode,
                use_multipart=False,
            )
            self._mode = _version(put)
        except (AlreadyExistsError, PreconditionError):
            raise LeaseLost("another run began to publish there; this one stopped") from None


def _version(put: PutResult | ObjectMeta) -> PutMode:
    """Return the condition that an object is still this version, in the form of its store."""
    version: UpdateVersion = {}
    if put["e_tag"]:
        version["e_tag"] = put["e_tag"]
    if put["version"]:
        version["version"] = put["version"]
    return version
