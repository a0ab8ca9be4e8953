"""Digests: how newsgen knows that two values are the same without keeping both.

BLAKE2b with 16 bytes: a reader of a site cannot make two inputs collide, and it is in the
standard library. A digest of a composed value is folded from the digests of its parts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

try:
    from _blake2 import blake2b  # what hashlib has, without OpenSSL: that takes milliseconds to load
except ImportError:  # not a public name: a Python may be built without it
    from hashlib import blake2b

SIZE = 16
_ONE = struct.Struct(f"{SIZE}s")


def of_bytes(data: bytes) -> bytes:
    """The digest of these bytes."""
    return blake2b(data, digest_size=SIZE).digest()


def of_file(file: BinaryIO) -> bytes:
    """The digest of an open file's bytes, read piece by piece. Raises OSError."""
    state = blake2b(digest_size=SIZE)
    while piece := file.read(1 << 20):
        state.update(piece)
    return state.digest()


def copied(source: BinaryIO, target: BinaryIO) -> tuple[bytes, int]:
    """Copy an open file piece by piece, so that a large one needs no memory; the digest of its bytes and their number. Raises OSError."""
    state, size = blake2b(digest_size=SIZE), 0
    while piece := source.read(1 << 20):
        state.update(piece)
        size += target.write(piece)
    return state.digest(), size


def of_text(*parts: str) -> bytes:
    """The digest of these strings in this order; where one ends matters."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()


def fold(parts: Iterable[bytes]) -> bytes:
    """The digest of these digests in this order."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def of_each(parts: Iterable[bytes]) -> list[bytes]:
    """The digest of each of these bytes."""
    return [blake2b(part, digest_size=SIZE).digest() for part in parts]


def at(joined: bytes, index: int) -> bytes:
    """The digest at a place among many that are joined."""
    return joined[index * SIZE : (index + 1) * SIZE]


def apart(joined: bytes) -> list[bytes]:
    """All digests of many that are joined."""
    return [one for (one,) in _ONE.iter_unpack(joined)]


def key(text: str) -> int:
    """A number of 63 bits that stands for this text; 0 for the empty one."""
    if not text:
        return 0
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def of_value(value: Any, context: bytes = b"") -> bytes:
    """The digest of a struct, or of a plain value, in a context. Raises TypeError for what cannot be encoded.

    All fields of a struct count, and of what it holds.
    """
    return of_bytes(context + _encode(value))


_encode = msgspec.msgpack.Encoder().encode
