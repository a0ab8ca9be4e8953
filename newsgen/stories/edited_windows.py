"""Compare again what an edit changed in a window: the edited articles with their neighbours. Pure.

The result is the same as if the whole window were compared. A similarity depends only on its two
articles and the common terms, and is the same to the last bit in any order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from newsgen.core.model import Record
from newsgen.stories.similar_row import Similar, pack, replace
from newsgen.stories.similarity import Terms, Vector, terms, thousandths, vector

_SHARE = 4  # if one article in so many changed, comparing the whole window is as fast


class Basis(Record, frozen=True, array_like=True, gc=False):
    """What the similarities of a window are computed from.

    `key` is the digest of everything, `context` the digest of what all windows share. `start` is
    the number of articles in the previous window. `times` and `texts` (digests) cover these
    articles and then those of this window.
    """

    key: bytes
    context: bytes
    start: int
    times: tuple[int, ...]
    texts: tuple[bytes, ...]

    def changed(self, now: Basis) -> list[int]:
        """Return the places of the articles that differ now or are new, oldest first. It is empty
        if too much differs.
        """
        count, total = len(self.times), len(now.times)
        if (self.context, self.start) != (now.context, now.start) or count > total:
            return []
        then = zip(self.times, self.texts, strict=True)
        pairs = zip(then, zip(now.times, now.texts, strict=True), strict=False)
        places = [place for place, (old, new) in enumerate(pairs) if old != new]
        places += range(count, total)
        return places if _SHARE * len(places) < total else []


class Compared(Record, frozen=True, array_like=True, gc=False):
    """The similarities of a window, as the cache keeps them, with what an edit needs to patch them:
    the terms (encoded) and the lengths of its articles' vectors.
    """

    basis: Basis
    rows: Similar
    terms: bytes
    lengths: tuple[float, ...]


def patch(
    known: Compared,
    earlier: Compared | None,
    now: Basis,
    read: Callable[[int], tuple[str, str]],
    common: frozenset[str],
    seconds: int,
) -> Compared | None:
    """Return the similarities of a window, or None if too little of the earlier result can be
    reused. `earlier` are the similarities of the previous window, as it is now. `read` returns
    title and excerpt by place.
    """
    places, start, total = known.basis.changed(now), now.start, len(now.times)
    inside = [place for place in places if place >= start]
    if not places or (inside and start and earlier is None):
        return None
    edited = {place: terms(*read(place)) for place in places}
    vectors = {place: vector(found, now.times[place], common) for place, found in edited.items()}
    own, lengths = _decode(known.terms), [*known.lengths]
    for place in inside:
        own[place - start : place - start + 1] = [edited[place]]
        lengths[place - start : place - start + 1] = [vectors[place].length]
    neighbours, first = [*zip(own, lengths, strict=True)], start
    if inside and earlier:
        theirs, before = _decode(earlier.terms), earlier.lengths
        if earlier.basis.context != now.context:  # other terms were common
            before = tuple([vector(one, 0, common).length for one in theirs])
        neighbours, first = [*zip(theirs, before, strict=True), *neighbours], 0
    added = _compare(vectors, now, neighbours, first, seconds)
    rows = []
    for place in range(start, total):
        if place in vectors:
            rows.append(pack(added[place]))
        else:
            gone = {place - other for other in places if other < place}
            rows.append(replace(known.rows[place - start], gone, added[place]))
    return Compared(now, tuple(rows), encode(own) if inside else known.terms, tuple(lengths))


def _compare(
    vectors: Mapping[int, Vector],
    now: Basis,
    neighbours: Sequence[tuple[Terms, float]],
    first: int,
    seconds: int,
) -> dict[int, list[tuple[int, int]]]:
    """Return for each article the earlier ones similar to it, as (distance, thousandths), for all
    pairs with an edited one. `neighbours` begins with the article at place `first`.
    """
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, one in vectors.items():
        low = bisect_left(now.times, one.time - seconds)
        high = bisect_right(now.times, one.time + seconds)
        # Two earlier articles are compared in their own window.
        for other in range(max(low, first if place >= now.start else now.start), high):
            if other in vectors and other <= place:
                continue
            theirs, length = neighbours[other - first]
            shared = one.weights.keys() & theirs.keys()
            product = sum([one.weights[term] * theirs[term] for term in shared])
            apart = abs(one.time - now.times[other])
            if score := thousandths(product, one.length * length, apart):
                found[max(place, other)].append((abs(place - other), score))
    return found


encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Terms]).decode
