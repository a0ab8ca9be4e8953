"""Which articles tell the same event. Pure.

What lists of related articles name is joined first. Then, from the oldest article to the newest, one that no list tells of
starts a cluster of its own, and as long as a cluster is like enough another the two become one. How like two clusters are is the sum of
how like their articles are, over the root of the product of their sizes. A source seldom tells an event twice: its own articles count
less. A copy belongs to what it is a copy of, whatever else it is like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt

Pairs = Sequence[tuple[int, float]]  # the places of older articles, and how like they are
ENOUGH = 0.3
SAME_SOURCE = 0.2


def join(labels: Sequence[int], listed: Sequence[int], sources: Sequence[str], pairs: Sequence[Pairs], start: int) -> list[tuple[int, int]]:
    """Which of these articles (the oldest first) are to be joined: pairs of labels.

    Those of one label are joined already; an article that stands alone has a label of its own. `listed` are those that lists tell of:
    two clusters of them are never joined by their words. `pairs` are, for each, the older ones like it. Those before `start` are joined
    to nothing among themselves.
    """
    found: list[tuple[int, int]] = []
    size: dict[int, int] = defaultdict(int)
    told: dict[int, bool] = defaultdict(bool)
    links: dict[int, dict[int, float]] = defaultdict(dict)
    into: dict[int, int] = {}

    def root(label: int) -> int:
        while label in into:
            label = into[label]
        return label

    for place, older in enumerate(pairs):
        cluster = root(labels[place])
        told[cluster] |= bool(listed[place])
        copied = next((root(labels[other]) for other, likeness in older if likeness == 1), None)
        if copied is not None and (copied == cluster or (place >= start and not listed[place])):
            if copied != cluster:
                found.append((cluster, copied))
                into[cluster] = copied
            size[copied] += 1
            continue
        size[cluster] += 1
        own = links[cluster]
        for other_place, likeness in older:
            other = labels[other_place]
            if other in into:
                other = root(other)
            if other != cluster:
                if likeness < 1 and sources[place] == sources[other_place] != "":
                    likeness *= SAME_SOURCE
                own[other] = links[other][cluster] = own.get(other, 0.0) + likeness
        while place >= start and own and max(own.values()) > ENOUGH:
            best, least = cluster, ENOUGH
            for other, total in own.items():
                score = total / sqrt(size[cluster] * size[other])
                if score > least and not (told[cluster] and told[other]):
                    best, least = other, score
            if best == cluster:
                break
            # The older one stays; its links are the sums of both.
            found.append((cluster, best))
            into[cluster] = best
            size[best] += size[cluster]
            told[best] |= told[cluster]
            merged = links[best]
            for other, total in links.pop(cluster).items():
                links[other].pop(cluster, None)
                if other != best:
                    merged[other] = links[other][best] = merged.get(other, 0.0) + total
            cluster, own = best, merged
    return found


class UnionFind:
    """Places that are joined; the lowest of those joined stands for all."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, place: int) -> int:
        """The lowest place of those joined with this one."""
        above = self._above
        while place in above:
            up = above[place]
            above[place] = above.get(up, up)
            place = up
        return place

    def join(self, one: int, other: int) -> None:
        """Join two places, and all that are joined with each."""
        one, other = self.root(one), self.root(other)
        if one != other:
            self._above[max(one, other)] = min(one, other)

    def joined(self) -> dict[int, list[int]]:
        """All places that are joined with another, in order, by the lowest of them."""
        found: dict[int, list[int]] = {}
        for place in sorted(self._above):
            root = self.root(place)
            found.setdefault(root, [root]).append(place)
        return found

    def labels(self, start: int, stop: int) -> list[tuple[int, int]]:
        """For those of these places that are joined with an earlier one: how far from `start` they are, and the first that they
        are joined with."""
        first: dict[int, int] = {}
        found = []
        for place in range(start, stop):
            if place in self._above:
                root = self.root(place)
                found.append((place - start, first.setdefault(root, root if root >= start else place) - start))
        return found
