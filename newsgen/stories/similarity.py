"""Compute the similarity of two articles from their words and times. Pure.

Titles are compared by the four-letter sequences in their words, excerpts by the beginnings of their
words. This ignores word endings, in any language. Rare words count more (see `IdfWeights`).

The similarity is (2/3 x cosine of the titles + 1/3 x cosine of the excerpts) / (1 + weeks between
the articles). It is 1 for two copies published at the same time, and 0 for articles with nothing in
common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from math import log2, sqrt
from typing import NamedTuple

from newsgen.core.model import Record

TITLE, EXCERPT = 2 / 3, 1 / 3
# The least similarity of copies, before time reduces it. Equal titles alone stay below, because a
# weekly column repeats its title.
COPY = 0.85
WEEK = 7 * 86400
SAMPLE = 1000  # number of articles that the weights are computed from
_COMMON = 0.1  # terms in more than this share of articles are ignored
_SELDOM = 2  # terms in fewer articles than this count as if they were in two
FLOOR = 0.05  # lower similarities count as none
_BETWEEN = re.compile(r"[\W_]+")
_GRAM = re.compile(r"(?=(\S{4}|(?<!\S)\S{3}(?!\S)))")
_STEM = re.compile(r"([^\W_]{1,6})[^\W_]*")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


class Terms(NamedTuple):
    """The terms of an article that are compared, each once, in the order of the text."""

    title: list[str]
    excerpt: list[str]


_Places = dict[str, tuple[float, list[int]]]  # term: (weight, indexes of the articles with it)


class Vector(NamedTuple):
    """An article as it is compared: its time in seconds, its terms, and the weighted reciprocal of
    the length of each text's vector.
    """

    time: float
    words: Terms
    by_title: float
    by_excerpt: float


def terms(title: str, excerpt: str) -> Terms:
    """Return the terms of an article's title and excerpt. Text without spaces between words is
    split into pairs of letters.
    """
    title, excerpt = title.casefold(), excerpt.casefold()
    if not (title.isascii() and excerpt.isascii()):
        title, excerpt = _UNSPACED.sub(_letters, title), _UNSPACED.sub(_letters, excerpt)
    grams = _GRAM.findall(f"_{_BETWEEN.sub('_ _', title)}_")
    return Terms(list(dict.fromkeys(grams)), list(dict.fromkeys(_STEM.findall(excerpt))))


def _letters(found: re.Match[str]) -> str:
    text = found[0]
    return f" {' '.join([text[i : i + 2] for i in range(max(len(text) - 1, 1))])} "


class IdfWeights(Record, frozen=True, array_like=True, gc=False):
    """The weight of each term: log2(articles / articles with the term), rounded to halves, squared.

    Weights come from a sample of articles that rarely changes, so similarities rarely change
    either. `new` is the weight of a term that the sample does
    not contain. Terms with a weight below `least` are too common and are ignored.
    """

    titles: dict[str, float]
    excerpts: dict[str, float]
    new: float
    least: float

    def vector(self, words: Terms, time: float) -> Vector:
        """Return the vector of an article with these terms."""
        by_title = _length(words.title, self.titles, self.new)
        by_excerpt = _length(words.excerpt, self.excerpts, self.new)
        return Vector(time, words, TITLE**0.5 * by_title, EXCERPT**0.5 * by_excerpt)


def _length(words: list[str], levels: dict[str, float], new: float) -> float:
    length = sum([levels.get(word, new) for word in words])
    return 1 / sqrt(length) if length else 0.0


def idf_weights(sample: Sequence[Terms]) -> IdfWeights:
    """Return the weights of the terms in these articles."""

    def level(count: int) -> float:
        return max(round(2 * log2(max(len(sample), 1) / max(count, _SELDOM))) / 2, 0.0) ** 2

    def levels(texts: Iterable[list[str]]) -> dict[str, float]:
        return {word: level(count) for word, count in Counter(chain.from_iterable(texts)).items()}

    new = level(0)
    titles, excerpts = (
        levels(words.title for words in sample),
        levels(words.excerpt for words in sample),
    )
    return IdfWeights(titles, excerpts, new, min(log2(1 / _COMMON) ** 2, new))


class InvertedIndex:
    """Articles by term. Common terms are not indexed and only add to the length of a vector."""

    def __init__(self, weights: IdfWeights) -> None:
        self._weights = weights
        self._times: list[float] = []
        self._by_title: list[float] = []
        self._by_excerpt: list[float] = []
        self._titles: _Places = {}
        self._excerpts: _Places = {}

    def add(self, one: Vector) -> None:
        """Add an article."""
        self._put(one.words.title, self._titles, self._weights.titles)
        self._put(one.words.excerpt, self._excerpts, self._weights.excerpts)
        self._times.append(one.time)
        self._by_title.append(one.by_title)
        self._by_excerpt.append(one.by_excerpt)

    def _put(self, words: list[str], places: _Places, levels: dict[str, float]) -> None:
        new, least, place = self._weights.new, self._weights.least, len(self._times)
        for word in words:
            found = places.get(word)
            if found:
                found[1].append(place)
            elif (level := levels.get(word, new)) >= least:
                places[word] = level, [place]

    def similar(self, one: Vector, window: float) -> list[tuple[int, int]]:
        """Return the indexed articles similar to `one` and at most `window` seconds from it, as
        (index, similarity in thousandths).

        An article with nearly the same title and excerpt is a copy: its similarity is 1, however
        far apart in time the two are. Similarity is symmetric.
        """
        titles, excerpts = [0.0] * len(self._times), [0.0] * len(self._times)
        _add(titles, one.words.title, self._titles)
        _add(excerpts, one.words.excerpt, self._excerpts)
        own, own_excerpt, floor = one.by_title, one.by_excerpt, FLOOR
        columns = zip(titles, self._by_title, excerpts, self._by_excerpt, strict=True)
        scores = [
            title * (own * by_title) + excerpt * (own_excerpt * by_excerpt)
            for title, by_title, excerpt, by_excerpt in columns
        ]
        found: list[tuple[int, int]] = []
        for place in [place for place, score in enumerate(scores) if score >= floor]:
            apart, score = abs(one.time - self._times[place]), scores[place]
            similarity = score / (1 + apart / WEEK)
            if score >= COPY:
                similarity = 1.0
            if similarity >= floor and apart <= window:
                found.append((place, round(1000 * similarity)))
        return found


def _add(scores: list[float], words: list[str], places: _Places) -> None:
    for word in words:
        found = places.get(word)
        if found:
            level, some = found
            for place in some:
                scores[place] += level
