"""Compute the similarity of two articles from their words and times. Pure.

An article is one vector of terms: the four-letter sequences in the words of its title, and the
beginnings of the words of title and excerpt. This ignores word endings, in any language. Common
terms of the archive are ignored (see `common_terms`); all others count alike, because a finer
measure of rarity is hardly better, and changes with every edited article.

The similarity is the cosine of two vectors, divided by 1 + days between the articles / 3. It is 1
for two copies published at the same time, and 0 for articles with nothing in common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from math import sqrt
from typing import NamedTuple

# How often an occurrence of a term counts. A sequence of letters in a title counts once.
TITLE, EXCERPT = 4, 2
HALVES = 3 * 86400  # seconds after which the similarity is half of what it would be at once
SAMPLE = 1000  # number of articles in which common terms are counted
COMMON = 0.15  # terms in more than this share of articles are common
FLOOR = 0.05  # lower similarities count as none
_BETWEEN = re.compile(r"[\W_]+")
_GRAM = re.compile(r"(?=(\S{4}|(?<!\S)\S{3}(?!\S)))")
_STEM = re.compile(r"([^\W_]{1,6})[^\W_]*")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)

Terms = Counter[str]  # the terms of an article, with their counts


class Vector(NamedTuple):
    """An article as it is compared: its time in seconds, and the weight of each term in a vector of
    length 1. Common terms are left out.
    """

    time: float
    weights: dict[str, float]


def terms(title: str, excerpt: str) -> Terms:
    """Return the terms of an article. Text without spaces between words is split into pairs of
    letters.
    """
    title, excerpt = title.casefold(), excerpt.casefold()
    if not (title.isascii() and excerpt.isascii()):
        title, excerpt = _UNSPACED.sub(_letters, title), _UNSPACED.sub(_letters, excerpt)
    grams: list[str] = _GRAM.findall(f"_{_BETWEEN.sub('_ _', title)}_")
    return Counter(grams + TITLE * _STEM.findall(title) + EXCERPT * _STEM.findall(excerpt))


def _letters(found: re.Match[str]) -> str:
    text = found[0]
    return f" {' '.join([text[i : i + 2] for i in range(max(len(text) - 1, 1))])} "


def vector(counts: Terms, time: float, common: frozenset[str]) -> Vector:
    """Return the vector of an article with these terms."""
    weights = {term: sqrt(count) for term, count in counts.items() if term not in common}
    length = sqrt(sum([weight * weight for weight in weights.values()])) or 1.0
    return Vector(time, {term: weight / length for term, weight in weights.items()})


def common_terms(sample: Sequence[Terms]) -> frozenset[str]:
    """Return the terms of too many of these articles to say anything about an event."""
    most = max(COMMON * len(sample), min(len(sample) - 1, 2))
    found = Counter(chain.from_iterable(sample))
    return frozenset(term for term, count in found.items() if count > most)


class InvertedIndex:
    """Articles by term."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._places: dict[str, tuple[list[int], list[float]]] = {}

    def add(self, one: Vector) -> None:
        """Add an article."""
        place, known = len(self._times), self._places
        self._times.append(one.time)
        for term, weight in one.weights.items():
            if term in known:
                places, weights = known[term]
                places.append(place)
                weights.append(weight)
            else:
                known[term] = [place], [weight]

    def similar(self, one: Vector, window: float) -> list[tuple[int, int]]:
        """Return the indexed articles similar to `one` and at most `window` seconds from it, as
        (index, similarity in thousandths). Similarity is symmetric.
        """
        scores, known = [0.0] * len(self._times), self._places
        for term, weight in one.weights.items():
            if term in known:
                for place, other in zip(*known[term], strict=True):
                    scores[place] += weight * other
        found: list[tuple[int, int]] = []
        for place in [place for place, score in enumerate(scores) if score >= FLOOR]:
            apart = abs(one.time - self._times[place])
            similarity = scores[place] / (1 + apart / HALVES)
            if similarity >= FLOOR and apart <= window:
                found.append((place, round(1000 * similarity)))
        return found
