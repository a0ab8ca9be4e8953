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
from itertools import product

from newsgen.stories.similar_row import above, unpack

Row = tuple[bytes, int]  # the older articles similar to one, and the greatest distance that counts
ENOUGH = 0.185
POWER = 0.845
OTHER_SOURCE, SAME_SOURCE = 5, 1  # weights of similarities


def join(
    labels: Sequence[int],
    listed: Sequence[int],
    ties: Mapping[int, Sequence[int]],
    sources: Sequence[str],
    rows: Sequence[Row],
) -> list[tuple[int, int]]:
    """Return the pairs of labels to join, for articles sorted oldest first.

    `labels` holds the clusters of the first articles, which are not joined to each other here. Each
    of the other articles starts with its place as its label. `ties` holds, by place, the labels
    that a list of related articles links to an article. `listed` marks articles that have a list or
    were linked so far: two clusters with such articles are not joined by similarity. `rows` holds,
    for each article, the older ones similar to it.
    """
    clusters = _Clusters(labels, sources, rows)
    linked, root, start = clusters.linked, clusters.root, len(labels)
    for place in range(len(rows)):
        cluster = root(clusters.labels[place])
        linked[cluster] |= bool(listed[place])
        clusters.add(place, cluster)
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

    `least` is the least similarity at which clusters merge, in the unit of `sums`. `joins` are the
    pairs of labels joined, and `into` maps the first of each to the second. `labels` holds the
    first label of each article, `members` the articles of each cluster. `linked` says whether a
    list of related articles names one of them or belongs to one. `near` holds the clusters with an
    article so similar to one of this cluster's that the two alone would be merged.

    Only the similarity of such clusters is asked for. So the similarities of their articles are
    added when they are needed first: adding all takes four times as long where most articles are a
    little similar. `sums` holds what was added, by cluster and near cluster.
    """

    def __init__(self, labels: Sequence[int], sources: Sequence[str], rows: Sequence[Row]) -> None:
        self.least = 1000 * OTHER_SOURCE * ENOUGH
        self.labels = [*labels, *range(len(labels), len(rows))]
        self.joins: list[tuple[int, int]] = []
        self.into: dict[int, int] = {}
        self.members: dict[int, list[int]] = defaultdict(list)
        self.linked: dict[int, bool] = defaultdict(bool)
        self.near: dict[int, set[int]] = defaultdict(set)
        self.sums: dict[int, dict[int, int]] = defaultdict(dict)
        self._sources, self._rows = sources, rows
        self._weighted: dict[int, dict[int, int]] = {}

    def root(self, label: int) -> int:
        """Return the label of the cluster that now contains the one with this label."""
        into = self.into
        while label in into:
            label = into[label]
        return label

    def add(self, place: int, cluster: int) -> None:
        """Add an article to a cluster. Articles come oldest first."""
        self.members[cluster].append(place)
        row, most = self._rows[place]
        for distance, score in above(row, most, self.least // OTHER_SOURCE):
            other = self.root(self.labels[place - distance])
            if other != cluster and self._weigh(place, place - distance, score) >= self.least:
                self.near[cluster].add(other)
                self.near[other].add(cluster)

    def _weigh(self, place: int, other: int, score: int) -> int:
        same = self._sources[place] == self._sources[other] != ""
        return score * (SAME_SOURCE if same else OTHER_SOURCE)

    def _sum(self, one: int, other: int) -> int:
        """Return the sum of the similarities of the articles of two near clusters."""
        known = self.sums[one].get(other)
        if known is None:
            pairs = product(self.members[one], self.members[other])
            known = sum([self._weights(max(pair)).get(min(pair), 0) for pair in pairs])
            self.sums[one][other] = self.sums[other][one] = known
        return known

    def _weights(self, place: int) -> dict[int, int]:
        """Return the weighted similarities of an article with older ones."""
        if place not in self._weighted:
            row, most = self._rows[place]
            self._weighted[place] = {
                place - distance: self._weigh(place, place - distance, score)
                for distance, score in unpack(row, 1, most)
            }
        return self._weighted[place]

    def merge(self, one: int, other: int) -> None:
        """Merge a cluster into another."""
        self.joins.append((one, other))
        self.into[one] = other
        self.linked[other] |= self.linked[one]
        near, sums = self.near, self.sums
        both = (near.pop(one, set()) | near[other]) - {one, other}
        for third in both:
            if third in sums[one] or third in sums[other]:
                total = self._sum(one, third) + self._sum(other, third)
                sums[other][third] = sums[third][other] = total
            sums[third].pop(one, None)
            near[third].discard(one)
            near[third].add(other)
        near[other] = both
        sums.pop(one, None)
        sums[other].pop(one, None)
        self.members[other] += self.members.pop(one)

    def most_similar(self, cluster: int) -> int:
        """Return the cluster to merge this one with: itself if none is similar enough."""
        size, best, least = len(self.members[cluster]), cluster, self.least
        for other in sorted(self.near[cluster]):
            if not (self.linked[cluster] and self.linked[other]):
                score = self._sum(cluster, other) / (size * len(self.members[other])) ** POWER
                if score > least:
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
