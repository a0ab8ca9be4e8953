"""How like two articles are, by their words and their times. Pure.

Titles are compared by the sequences of four letters in their words, excerpts by the beginnings of their words: so endings do not
matter, in any language. A word tells the more the rarer it is (see `Rarity`). The likeness is two parts the cosine of the titles and
one that of the excerpts, divided by one plus the weeks between the two: 1 for two copies of a moment, 0 for nothing in common.
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
COPY = 0.85  # how like copies are before time takes off; a title alone is less: a weekly column has it too
WEEK = 7 * 86400
SAMPLE = 1000  # articles that the rarity of words is taken from
_COMMON = 0.1  # a word that more than this share of articles have tells nothing
_SELDOM = 2  # one that is in fewer is as rare as one that is in two
FLOOR = 0.05  # what is less alike than this is not at all
_BETWEEN = re.compile(r"[\W_]+")
_GRAM = re.compile(r"(?=(\S{4}|(?<!\S)\S{3}(?!\S)))")
_STEM = re.compile(r"([^\W_]{1,6})[^\W_]*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


class Words(NamedTuple):
    """What of an article's text is compared: each item once, in the order of the text."""

    title: list[str]
    excerpt: list[str]


_Places = dict[str, tuple[float, list[int]]]  # words by how much each tells and where it is


class Vector(NamedTuple):
    """An article as it is compared: its time in seconds, its words, and one by the length of each text."""

    time: float
    words: Words
    by_title: float
    by_excerpt: float


def terms(title: str, excerpt: str) -> Words:
    """The words of an article's title and excerpt. Text without spaces between words is taken by pairs of letters."""
    title, excerpt = title.casefold(), excerpt.casefold()
    if not (title.isascii() and excerpt.isascii()):
        title, excerpt = _UNSPACED.sub(_letters, title), _UNSPACED.sub(_letters, excerpt)
    grams = _GRAM.findall(f"_{_BETWEEN.sub('_ _', title)}_")
    return Words(list(dict.fromkeys(grams)), list(dict.fromkeys(_STEM.findall(excerpt))))


def _letters(found: re.Match[str]) -> str:
    text = found[0]
    return f" {' '.join([text[i : i + 2] for i in range(max(len(text) - 1, 1))])} "


class IdfWeights(Record, frozen=True, array_like=True, gc=False):
    """How much a word tells: the square of the logarithm (base 2) of how many articles there are for one that has it, in steps of a
    half. It is taken from a sample of articles that rarely changes, so that what is like what rarely changes either: `key` is its digest.
    `new` is that of a word which the sample does not have; what tells less than `least` is too common to tell anything."""

    key: bytes
    titles: dict[str, float]
    excerpts: dict[str, float]
    new: float
    least: float

    def weighed(self, words: Words, time: float) -> Vector:
        """An article with the lengths of its texts."""
        by_title = _length(words.title, self.titles, self.new)
        by_excerpt = _length(words.excerpt, self.excerpts, self.new)
        return Vector(time, words, TITLE**0.5 * by_title, EXCERPT**0.5 * by_excerpt)


def _length(words: list[str], levels: dict[str, float], new: float) -> float:
    length = sum([levels.get(word, new) for word in words])
    return 1 / sqrt(length) if length else 0.0


def idf_weights(sample: Sequence[Words], key: bytes = b"") -> IdfWeights:
    """How much the words of these articles, whose digest is `key`, tell."""

    def level(count: int) -> float:
        return max(round(2 * log2(max(len(sample), 1) / max(count, _SELDOM))) / 2, 0.0) ** 2

    def levels(texts: Iterable[list[str]]) -> dict[str, float]:
        return {word: level(count) for word, count in Counter(chain.from_iterable(texts)).items()}

    new = level(0)
    titles, excerpts = levels(words.title for words in sample), levels(words.excerpt for words in sample)
    return IdfWeights(key, titles, excerpts, new, min(log2(1 / _COMMON) ** 2, new))


class InvertedIndex:
    """Articles by their words. Common words count for the length of an article alone."""

    def __init__(self, rarity: IdfWeights) -> None:
        self._rarity = rarity
        self._times: list[float] = []
        self._by_title: list[float] = []
        self._by_excerpt: list[float] = []
        self._titles: _Places = {}
        self._excerpts: _Places = {}

    def add(self, one: Vector) -> None:
        """Add an article."""
        self._put(one.words.title, self._titles, self._rarity.titles)
        self._put(one.words.excerpt, self._excerpts, self._rarity.excerpts)
        self._times.append(one.time)
        self._by_title.append(one.by_title)
        self._by_excerpt.append(one.by_excerpt)

    def _put(self, words: list[str], places: _Places, levels: dict[str, float]) -> None:
        new, least, place = self._rarity.new, self._rarity.least, len(self._times)
        for word in words:
            found = places.get(word)
            if found:
                found[1].append(place)
            elif (level := levels.get(word, new)) >= least:
                places[word] = level, [place]

    def like(self, one: Vector, window: float) -> list[tuple[int, int]]:
        """Those that are like another article, and not more than `window` seconds from it: their places, and how like it they are, in
        thousandths.

        One with nearly the same title and excerpt is a copy: as like as can be, whenever it came. Which of two is asked for changes
        nothing.
        """
        titles, excerpts = [0.0] * len(self._times), [0.0] * len(self._times)
        _add(titles, one.words.title, self._titles)
        _add(excerpts, one.words.excerpt, self._excerpts)
        own, own_excerpt, floor = one.by_title, one.by_excerpt, FLOOR
        columns = zip(titles, self._by_title, excerpts, self._by_excerpt, strict=True)
        scores = [title * (own * by_title) + excerpt * (own_excerpt * by_excerpt) for title, by_title, excerpt, by_excerpt in columns]
        found: list[tuple[int, int]] = []
        for place in [place for place, score in enumerate(scores) if score >= floor]:
            apart, score = abs(one.time - self._times[place]), scores[place]
            likeness = score / (1 + apart / WEEK)
            if score >= COPY:
                likeness = 1.0
            if likeness >= floor and apart <= window:
                found.append((place, round(1000 * likeness)))
        return found


def _add(scores: list[float], words: list[str], places: _Places) -> None:
    for word in words:
        found = places.get(word)
        if found:
            level, some = found
            for place in some:
                scores[place] += level
