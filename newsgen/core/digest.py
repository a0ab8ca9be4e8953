"""Digests, which tell whether two values are equal without keeping both.

newsgen uses BLAKE2b with 16 bytes: readers of a site cannot construct collisions, and it is in the
standard library. The digest of a composite value is computed from the digests of its parts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

try:
    from _blake2 import blake2b  # hashlib's own, without OpenSSL, which takes milliseconds to load
except ImportError:  # a private name, which some Python builds do not have
    from hashlib import blake2b

SIZE = 16
_ONE = struct.Struct(f"{SIZE}s")


def of_bytes(data: bytes) -> bytes:
    """Return the digest of these bytes."""
    return blake2b(data, digest_size=SIZE).digest()


def of_file(file: BinaryIO) -> bytes:
    """Return the digest of an open file, read in chunks. Raises OSError."""
    state = blake2b(digest_size=SIZE)
    while piece := file.read(1 << 20):
        state.update(piece)
    return state.digest()


def copied(source: BinaryIO, target: BinaryIO) -> tuple[bytes, int]:
    """Copy an open file in chunks; return the digest and number of its bytes. Raises OSError."""
    state, size = blake2b(digest_size=SIZE), 0
    while piece := source.read(1 << 20):
        state.update(piece)
        size += target.write(piece)
    return state.digest(), size


def of_text(*parts: str) -> bytes:
    """Return the digest of these strings in this order. It depends on where each string ends."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()


def fold(parts: Iterable[bytes]) -> bytes:
    """Return the digest of these digests in this order."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def of_each(parts: Iterable[bytes]) -> list[bytes]:
    """Return the digest of each of these byte strings."""
    return [blake2b(part, digest_size=SIZE).digest() for part in parts]


def at(joined: bytes, index: int) -> bytes:
    """Return the digest at `index` in concatenated digests; -1 is the last."""
    start = index * SIZE
    return joined[start : start + SIZE or None]


def split(joined: bytes) -> list[bytes]:
    """Split concatenated digests."""
    return [one for (one,) in _ONE.iter_unpack(joined)]


def key(text: str) -> int:
    """Return a 63-bit hash of this text, 0 for an empty text."""
    if not text:
        return 0
    return (
        int.from_bytes(
            blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
        )
        >> 1
    )


def of_value(value: Any, context: bytes = b"") -> bytes:
    """Return the digest of a struct or plain value, prefixed with `context`.

    It covers all fields, nested structs included. Raises TypeError for a value that cannot be
    encoded.
    """
    return of_bytes(context + _encode(value))


_encode = msgspec.msgpack.Encoder().encode
