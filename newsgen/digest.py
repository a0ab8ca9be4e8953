"""Digests: how newsgen knows that two values are the same without keeping both.

BLAKE2b with 16 bytes: a reader of a site cannot make two inputs collide, and it is in the
standard library. A digest of a composed value is folded from the digests of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, BinaryIO

from msgspec import Struct

SIZE = 16


def of_bytes(data: bytes) -> bytes:
    """The digest of these bytes."""
    return blake2b(data, digest_size=SIZE).digest()


def of_file(file: BinaryIO) -> bytes:
    """The digest of an open file's bytes, read piece by piece. Raises OSError."""
    state = blake2b(digest_size=SIZE)
    while piece := file.read(1 << 20):
        state.update(piece)
    return state.digest()


def of_text(*parts: str) -> bytes:
    """The digest of these strings in this order; where one ends matters."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()


def fold(parts: Iterable[bytes]) -> bytes:
    """The digest of these digests in this order."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def key(text: str) -> int:
    """A number of 63 bits that stands for this text; 0 for the empty one."""
    if not text:
        return 0
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def of_value(value: Any) -> bytes:
    """The digest of a view or of anything in it.

    A struct that carries its own `digest` speaks for itself; any other is folded from its type's name and
    all its fields, so that nothing a template can read is left out.
    """
    if value.__class__ is tuple:
        return fold([value_digest(item) for item in value])
    return value_digest(value)


def value_digest(value: Any) -> bytes:
    """As `of_value`, for one value. Raises TypeError for a type that views may not hold."""
    own = getattr(value, "digest", None)
    if own.__class__ is bytes:
        return own
    if value is None:
        return _NONE
    kind = value.__class__
    if kind is str:
        return of_text("s", value)
    if kind is tuple:
        return fold([_TUPLE, *map(value_digest, value)])
    if kind is int or kind is bool:
        return of_text("i", repr(value))
    if kind is bytes:
        return of_bytes(b"b" + value)
    if isinstance(value, datetime):
        return of_text("t", value.isoformat())
    if isinstance(value, Struct):
        parts = [of_text("o", kind.__name__)]
        parts += [value_digest(getattr(value, name)) for name in kind.__struct_fields__]
        return fold(parts)
    raise TypeError(f"a view may not hold a {kind.__name__}")


_NONE = of_text("none")
_TUPLE = of_text("tuple")
