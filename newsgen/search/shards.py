"""Split the articles of a site into shards, by time.

A year is a shard, and so is the newest month: a new article changes only the files of that month.
Years with few articles are joined, so that a small site has few files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LEAST = 500  # articles in a shard; the newest months may have fewer


class Shard(NamedTuple):
    """Articles of successive months: its name (`2024`, `2019-2021`, `2025-11`) and the number of
    articles in each month, oldest first, as (year, month, articles).
    """

    name: str
    months: tuple[tuple[int, int, int], ...]

    @property
    def size(self) -> int:
        """The number of its articles."""
        return sum(month[2] for month in self.months)


def split(months: Sequence[tuple[int, int, int]]) -> list[Shard]:
    """Return the shards of these months with articles, oldest first."""
    found, pending = list[Shard](), list[tuple[int, int, int]]()
    for place, month in enumerate(months):
        pending.append(month)
        last_of_year = place + 1 < len(months) and months[place + 1][0] != month[0]
        if last_of_year and sum(each[2] for each in pending) >= LEAST:
            found.append(_shard(pending))
            pending = []
    if len(pending) > 1 and sum(each[2] for each in pending[:-1]) >= LEAST:
        found.append(_shard(pending[:-1]))
        newest = pending[-1]
        return [*found, Shard(f"{newest[0]:04}-{newest[1]:02}", (newest,))]
    return [*found, _shard(pending)] if pending else found


def _shard(months: Sequence[tuple[int, int, int]]) -> Shard:
    first, last = months[0][0], months[-1][0]
    name = f"{first:04}" if first == last else f"{first:04}-{last:04}"
    return Shard(name, tuple(months))
