"""Decide which articles report the same event. Pure.

Articles that name each other in their lists of related articles are joined first. Then, from the
oldest to the newest, each article without such a link starts its own cluster, and clusters merge as
long as they are similar enough. The similarity of two clusters is the sum of the similarities of
their articles, divided by a power of the product of their sizes. With a power of 1 it would be the
average, which splits stories of many articles. A source seldom reports an event twice, so
similarities within one source are reduced to a fifth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

Pairs = Sequence[tuple[int, int]]  # (distance to an older article, thousandths of similarity)
ENOUGH = 0.18
POWER = 0.85
SAME_SOURCE = 0.2


def join(
    labels: Sequence[int],
    listed: Sequence[int],
    sources: Sequence[str],
    pairs: Sequence[Pairs],
    start: int,
) -> list[tuple[int, int]]:
    """Return the pairs of labels to join, for articles sorted oldest first.

    Articles with the same label are joined already; an article that stands alone has a label of its
    own. `listed` marks articles linked by lists of related articles: two clusters with such
    articles are never joined by similarity. `pairs` holds, for each article, the older ones similar
    to it. Articles before `start` are not joined to each other.
    """
    found: list[tuple[int, int]] = []
    size: dict[int, int] = defaultdict(int)
    linked: dict[int, bool] = defaultdict(bool)
    links: dict[int, dict[int, float]] = defaultdict(dict)
    into: dict[int, int] = {}

    def root(label: int) -> int:
        while label in into:
            label = into[label]
        return label

    enough = 1000 * ENOUGH
    for place, older in enumerate(pairs):
        cluster, source = root(labels[place]), sources[place]
        linked[cluster] |= bool(listed[place])
        size[cluster] += 1
        own = links[cluster]
        for distance, score in older:
            other = labels[place - distance]
            if other in into:
                other = root(other)
            if other != cluster:
                same = source == sources[place - distance] != ""
                total = own.get(other, 0) + (score * SAME_SOURCE if same else score)
                own[other] = links[other][cluster] = total
        while place >= start and own and max(own.values()) > enough:
            best, least = cluster, enough
            for other, total in own.items():
                score = total / (size[cluster] * size[other]) ** POWER
                if score > least and not (linked[cluster] and linked[other]):
                    best, least = other, score
            if best == cluster:
                break
            # Keep the older cluster and add the links of the newer one to it.
            found.append((cluster, best))
            into[cluster] = best
            size[best] += size[cluster]
            linked[best] |= linked[cluster]
            merged = links[best]
            for other, total in links.pop(cluster).items():
                links[other].pop(cluster, None)
                if other != best:
                    merged[other] = links[other][best] = merged.get(other, 0.0) + total
            cluster, own = best, merged
    return found


class UnionFind:
    """A union-find over article indexes. The lowest index of a set represents it."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, place: int) -> int:
        """Return the lowest index of the set that holds `place`."""
        above = self._above
        while place in above:
            up = above[place]
            above[place] = above.get(up, up)
            place = up
        return place

    def join(self, one: int, other: int) -> None:
        """Join the sets of two indexes."""
        one, other = self.root(one), self.root(other)
        if one != other:
            self._above[max(one, other)] = min(one, other)

    def joined(self) -> dict[int, list[int]]:
        """Return all sets of two or more indexes, each in ascending order, by their lowest
        index.
        """
        found: dict[int, list[int]] = {}
        for place in sorted(self._above):
            root = self.root(place)
            found.setdefault(root, [root]).append(place)
        return found

    def labels(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the indexes from `start` to `stop` that are joined with an earlier one, as
        (offset, label).

        Both are relative to `start`. The label is the root if that is not before `start`, else the
        first index in the range with that root.
        """
        first: dict[int, int] = {}
        found = []
        for place in range(start, stop):
            if place in self._above:
                root = self.root(place)
                found.append(
                    (
                        place - start,
                        first.setdefault(root, root if root >= start else place) - start,
                    )
                )
        return found
