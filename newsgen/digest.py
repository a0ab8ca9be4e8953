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
    """The digest of a view, or of anything that it may hold. Raises TypeError for another type.

    A struct that carries its own `digest` speaks for itself; any other is taken with its type's name and
    all its fields, so that nothing a template can read is left out.
    """
    out: list[bytes] = []
    _feed(value, out)
    return fold(out)


def _feed(value: Any, out: list[bytes]) -> None:
    """Append the value as bytes that no other value has: each piece begins with its type and length."""
    kind = value.__class__
    names = _FIELDS.get(kind)
    if names is not None:
        if "digest" in names:
            out.append(value.digest)  # of a fixed length
            return
        out.append(b"o%d:" % len(names))
        out.append(kind.__name__.encode())
        for name in names:
            _feed(getattr(value, name), out)
    elif kind is str:
        data = value.encode("utf-8", "surrogatepass")
        out.append(b"s%d:%b" % (len(data), data))
    elif value is None:
        out.append(b"n")
    elif kind is tuple:
        out.append(b"t%d:" % len(value))
        for item in value:
            _feed(item, out)
    elif kind is int or kind is bool:
        out.append(b"i%d;" % value)
    elif kind is bytes:
        out.append(b"b%d:%b" % (len(value), value))
    elif isinstance(value, datetime):
        _feed(value.isoformat(), out)
    elif isinstance(value, Struct):
        _FIELDS[kind] = kind.__struct_fields__
        _feed(value, out)
    else:
        raise TypeError(f"a view may not hold a {kind.__name__}")


_FIELDS: dict[type, tuple[str, ...]] = {}
