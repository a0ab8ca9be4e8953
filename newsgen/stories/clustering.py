"""Decide which articles report the same event. Pure.

From the oldest to the newest, each article starts its own cluster. First this merges with those of
older articles that are linked to it by a list of related articles. Then clusters merge as long as
they are similar enough. The similarity of two clusters is the sum of the similarities of their
articles, divided by a power of the product of their sizes. With a power of 1 it would be the
average, which splits stories of many articles. A source seldom reports an event twice, so
similarities within one source are reduced to a fifth. Two of their articles alone must reach the
same threshold too: many pairs that are a little similar do not make an event.

An article joins clusters of older articles and never splits them. So a later article cannot split a
story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

Pairs = Sequence[tuple[int, int]]  # (distance to an older article, thousandths of similarity)
ENOUGH = 0.185
POWER = 0.845
OTHER_SOURCE, SAME_SOURCE = 5, 1  # weights of similarities


def join(
    labels: Sequence[int],
    listed: Sequence[int],
    ties: Mapping[int, Sequence[int]],
    sources: Sequence[str],
    pairs: Sequence[Pairs],
) -> list[tuple[int, int]]:
    """Return the pairs of labels to join, for articles sorted oldest first.

    `labels` holds the clusters of the first articles, which are not joined to each other here. Each
    of the other articles starts with its place as its label. `ties` holds, by place, the labels
    that a list of related articles links to an article. `listed` marks articles that have a list or
    were linked so far: two clusters with such articles are not joined by similarity. `pairs` holds,
    for each article, the older ones similar to it.
    """
    clusters = _Clusters()
    into, linked, root = clusters.into, clusters.linked, clusters.root
    links, near, least = clusters.links, clusters.near, clusters.least
    start = len(labels)
    labels = [*labels, *range(start, len(pairs))]
    for place, older in enumerate(pairs):
        cluster, source = root(labels[place]), sources[place]
        linked[cluster] |= bool(listed[place])
        clusters.size[cluster] += 1
        own = links[cluster]
        for distance, score in older:
            other = labels[place - distance]
            if other in into:
                other = root(other)
            if other != cluster:
                same = source == sources[place - distance] != ""
                weighted = score * (SAME_SOURCE if same else OTHER_SOURCE)
                own[other] = links[other][cluster] = own.get(other, 0) + weighted
                if weighted >= least:
                    near[cluster].add(other)
                    near[other].add(cluster)
        for label in ties.get(place, ()):
            other = root(label)
            linked[cluster] = linked[other] = True
            if other != cluster:
                clusters.merge(cluster, other)
                cluster = other
        while place >= start and (best := clusters.most_similar(cluster)) != cluster:
            clusters.merge(cluster, best)
            cluster = best
    return clusters.joins


class _Clusters:
    """The clusters so far, by label.

    `least` is the least similarity at which clusters merge, in the unit of `links`. `joins` are the
    pairs of labels joined, and `into` maps the first of each to the second. `size` counts a
    cluster's articles, and `linked` says whether a list of related articles names one of them or
    belongs to one. For each cluster, `links` holds the sum of its articles' similarities with those
    of others. `near` holds the clusters with an article so similar to one of this cluster's that
    the two alone would be merged.
    """

    def __init__(self) -> None:
        self.least = 1000 * OTHER_SOURCE * ENOUGH
        self.joins: list[tuple[int, int]] = []
        self.into: dict[int, int] = {}
        self.size: dict[int, int] = defaultdict(int)
        self.linked: dict[int, bool] = defaultdict(bool)
        self.links: dict[int, dict[int, int]] = defaultdict(dict)
        self.near: dict[int, set[int]] = defaultdict(set)

    def root(self, label: int) -> int:
        """Return the label of the cluster that now contains the one with this label."""
        into = self.into
        while label in into:
            label = into[label]
        return label

    def merge(self, one: int, other: int) -> None:
        """Merge a cluster into another."""
        self.joins.append((one, other))
        self.into[one] = other
        self.size[other] += self.size[one]
        self.linked[other] |= self.linked[one]
        links = self.links
        merged = links[other]
        for third, total in links.pop(one, {}).items():
            links[third].pop(one, None)
            if third != other:
                merged[third] = links[third][other] = merged.get(third, 0) + total
        for third in self.near.pop(one, ()):
            self.near[third].discard(one)
            if third != other:
                self.near[third].add(other)
                self.near[other].add(third)

    def most_similar(self, cluster: int) -> int:
        """Return the cluster to merge this one with: itself if none is similar enough."""
        size, linked = self.size, self.linked
        best, least = cluster, self.least
        for other in sorted(self.near[cluster]):
            score = self.links[cluster][other] / (size[cluster] * size[other]) ** POWER
            if score > least and not (linked[cluster] and linked[other]):
                best, least = other, score
        return best


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

    def labels(self, start: int, stop: int) -> list[int]:
        """Return the lowest index of each set, for the indexes from `start` to `stop`, relative to
        `start`.
        """
        return [self.root(place) - start for place in range(start, stop)]
