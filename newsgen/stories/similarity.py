"""Compute the similarity of two articles from their words and times. Pure.

An article is one vector of terms: the four-letter sequences in the words of its title, and the
beginnings of the words of title and excerpt. This ignores word endings, in any language. Common
terms of the archive are ignored (see `common_terms`). All others count alike: a finer measure of
rarity is hardly better, and it changes with every edited article.

The similarity is the cosine of two vectors, divided by 1 + days between the articles / 3. It is 1
for two copies published at the same time, and 0 for articles with nothing in common. Weights are
integers, so that the sum of their products is the same in any order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from math import sqrt
from typing import NamedTuple

from newsgen.core.patterns import lazily

# How often an occurrence of a term counts. A sequence of letters in a title counts once.
TITLE, EXCERPT = 4, 2
HALVES = 3 * 86400  # seconds after which the similarity is half of what it would be at once
SAMPLE = 1000  # number of articles in which common terms are counted
COMMON = 0.125  # words in more than this share of excerpts are common
NAMING = 0.25  # words in more than this share of titles too: the name of the site or of its topic
FLOOR = 0.05  # lower similarities count as none
_ROOTS = [round(64 * sqrt(count)) for count in range(256)]
_BETWEEN = re.compile(r"[\W_]+")
_GRAM = re.compile(r"(?=(\S{4}|(?<!\S)\S{3}(?!\S)))")
_STEM = re.compile(r"([^\W_]{1,6})[^\W_]*")
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = lazily(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)

Terms = dict[str, int]  # the weight of each term of an article: 64 * the root of its count


class Vector(NamedTuple):
    """An article in comparable form: its time in seconds, the weight of each term that is not
    common, and the length of the vector.
    """

    time: float
    weights: Terms
    length: float


def terms(title: str, excerpt: str) -> Terms:
    """Return the terms of an article. Text without spaces between words is split into pairs of
    letters.
    """
    title, excerpt = _spaced(title), _spaced(excerpt)
    grams: list[str] = _GRAM.findall(f"_{_BETWEEN.sub('_ _', title)}_")
    counts = Counter(grams + TITLE * _STEM.findall(title) + EXCERPT * _STEM.findall(excerpt))
    return {term: _ROOTS[min(count, 255)] for term, count in counts.items()}


def _spaced(text: str) -> str:
    text = text.casefold()
    return text if text.isascii() else _UNSPACED.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    text = found[0]
    return f" {' '.join([text[i : i + 2] for i in range(max(len(text) - 1, 1))])} "


def vector(found: Terms, time: float, common: frozenset[str]) -> Vector:
    """Return the vector of an article with these terms."""
    weights = {term: weight for term, weight in found.items() if term not in common}
    length = sqrt(sum([weight * weight for weight in weights.values()]))
    return Vector(time, weights, length or 1.0)


def thousandths(product: int, lengths: float, apart: float) -> int:
    """Return the similarity of two articles in thousandths, 0 if it is too low to count.

    `product` is the scalar product of their vectors, `lengths` that of the lengths, and `apart` the
    time between them in seconds.
    """
    similarity = product / lengths / (1 + apart / HALVES)
    return round(1000 * similarity) if similarity >= FLOOR else 0


def common_terms(sample: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the terms that say nothing about an event, because too many articles have them.

    `sample` holds their titles and excerpts. Words are counted in excerpts (in the title of an
    article without one), so an edited title changes nothing. Words of titles are common only if
    very many titles have them.
    """
    found = _frequent(_STEM, (excerpt or title for title, excerpt in sample), COMMON, len(sample))
    named = _frequent(_WORD, (title for title, _ in sample), NAMING, len(sample))
    return found.union(*[terms(word, "") for word in named])


def _frequent(
    words: re.Pattern[str], texts: Iterable[str], share: float, count: int
) -> frozenset[str]:
    """Return the words in more than a share of `count` texts, and in three at least."""
    found = Counter(chain.from_iterable([{*words.findall(_spaced(text))} for text in texts]))
    most = max(share * count, min(count - 1, 2))
    return frozenset([word for word, times in found.items() if times > most])


class InvertedIndex:
    """Articles by term."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._lengths: list[float] = []
        self._places: dict[str, tuple[list[int], list[int]]] = {}

    def add(self, one: Vector) -> None:
        """Add an article."""
        place, known = len(self._times), self._places
        self._times.append(one.time)
        self._lengths.append(one.length)
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
        products, known = [0] * len(self._times), self._places
        for term, weight in one.weights.items():
            if term in known:
                for place, other in zip(*known[term], strict=True):
                    products[place] += weight * other
        least = 0.99 * FLOOR * one.length  # a little lower, because `thousandths` decides
        found: list[tuple[int, int]] = []
        for place, (product, length) in enumerate(zip(products, self._lengths, strict=True)):
            if product >= least * length:
                apart = abs(one.time - self._times[place])
                score = thousandths(product, one.length * length, apart)
                if score and apart <= window:
                    found.append((place, score))
        return found
