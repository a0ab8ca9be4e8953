"""Digests: how newsgen knows that two values are the same without keeping both.

BLAKE2b with 16 bytes: a reader of a site cannot make two inputs collide, and it is in the
standard library. A digest of a composed value is folded from the digests of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any, BinaryIO

import msgspec
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


def of_value(value: Any, context: bytes = b"") -> bytes:
    """The digest of a view, or of anything that it may hold, in a context. Raises TypeError for what cannot be encoded.

    All fields of a struct count, so that nothing a template can read is left out; a struct that
    carries its own `digest` is taken by it.
    """
    return of_bytes(context + _encode(_short(value)))


def of_plain(value: Any, context: bytes = b"") -> bytes:
    """The same of strings, numbers, times, bytes and lists of them, without the look for structs that have a digest."""
    return of_bytes(context + _encode(value))


def _short(value: Any) -> Any:
    """The value with every struct that has a digest replaced by it: views hold cards by the dozen."""
    kind: Any = value.__class__
    if kind in _DIGESTED:
        return value.digest
    if kind is tuple:
        return [item.digest if item.__class__ in _DIGESTED else _short(item) for item in value]
    fields = _FIELDS.get(kind)
    if fields:
        found = [
            item.digest if item.__class__ in _DIGESTED else item if not item or item.__class__ in _PLAIN else _short(item)
            for item in fields(value)
        ]
        return [kind.__name__, *found]
    if isinstance(value, Struct):
        names = kind.__struct_fields__
        if "digest" in names:
            _DIGESTED.add(kind)
        else:
            _FIELDS[kind] = attrgetter(*names) if len(names) > 1 else lambda struct: [getattr(struct, name) for name in names]
        return _short(value)
    return value


_encode = msgspec.msgpack.Encoder().encode
_DIGESTED: set[Any] = set()  # types
_PLAIN = {str, int, bool, bytes}
_FIELDS: dict[type, Callable[[Any], Sequence[Any]]] = {}
