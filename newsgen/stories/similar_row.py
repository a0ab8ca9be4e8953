"""The similar earlier articles of one article, as the cache keeps them. Pure.

Each takes 4 bytes: the distance to its index, then 10 bits of similarity in thousandths. As tuples
of integers, a row of 20 takes 2,440 bytes instead of 113.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable

_BITS = 10
_MASK = (1 << _BITS) - 1

Similar = tuple[bytes, ...]  # a row for each article of a window


def pack(pairs: Iterable[tuple[int, int]]) -> bytes:
    """Return these pairs of (distance, thousandths of similarity), farthest first."""
    numbers = [distance << _BITS | score for distance, score in pairs]
    return array("I", sorted(numbers, reverse=True)).tobytes()


def unpack(row: bytes, least: int = 0, most: int = _MASK << _BITS) -> list[tuple[int, int]]:
    """Return the pairs of (distance, thousandths of similarity) in a row, farthest first, with
    distances from `least` to `most`.
    """
    low, high = least << _BITS, (most + 1) << _BITS
    numbers = array("I", row)
    return [(number >> _BITS, number & _MASK) for number in numbers if low <= number < high]


def above(row: bytes, most: int, score: float) -> list[tuple[int, int]]:
    """Return the pairs with distances from 1 to `most` and at least this score."""
    low, high = 1 << _BITS, (most + 1) << _BITS
    return [
        (number >> _BITS, number & _MASK)
        for number in array("I", row)
        if number & _MASK >= score and low <= number < high
    ]


def replace(row: bytes, gone: Collection[int], added: Iterable[tuple[int, int]]) -> bytes:
    """Return a row without these distances, and with these pairs."""
    numbers = [number for number in array("I", row) if number >> _BITS not in gone]
    numbers += [distance << _BITS | score for distance, score in added]
    return array("I", sorted(numbers, reverse=True)).tobytes()
