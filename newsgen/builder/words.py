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
from operator import mul
from typing import NamedTuple

TITLE, EXCERPT = 2 / 3, 1 / 3
COPY = 0.9  # how like the titles of copies are
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

    title: tuple[str, ...]
    excerpt: tuple[str, ...]


class Told(NamedTuple):
    """An article as it is compared: its time in seconds, its weighted words."""

    time: float
    title: list[tuple[str, float]]
    excerpt: list[tuple[str, float]]


Pairs = list[tuple[int, float]]  # the places of older articles, and how like they are


def words_of(title: str, excerpt: str) -> Words:
    """The words of an article's title and excerpt. Text without spaces between words is taken by pairs of letters."""
    title, excerpt = title.casefold(), excerpt.casefold()
    if not (title.isascii() and excerpt.isascii()):
        title, excerpt = _UNSPACED.sub(_letters, title), _UNSPACED.sub(_letters, excerpt)
    grams = _GRAM.findall(f"_{_BETWEEN.sub('_ _', title)}_")
    return Words(tuple(dict.fromkeys(grams)), tuple(dict.fromkeys(_STEM.findall(excerpt))))


def _letters(found: re.Match[str]) -> str:
    text = found[0]
    return f" {' '.join([text[i : i + 2] for i in range(max(len(text) - 1, 1))])} "


class Rarity:
    """How much a word tells: the logarithm (base 2) of how many articles there are for one that has it, in steps of a half. It is
    taken from a sample of articles that rarely changes, so that what is like what rarely changes either."""

    def __init__(self, sample: Sequence[Words]) -> None:
        self._size = max(len(sample), 1)
        self._titles = self._levels(words.title for words in sample)
        self._excerpts = self._levels(words.excerpt for words in sample)
        self._new = self._level(_SELDOM)
        self._least = min(log2(1 / _COMMON), self._new)

    def _levels(self, texts: Iterable[tuple[str, ...]]) -> dict[str, float]:
        counts = Counter(chain.from_iterable(texts))
        return {word: self._level(max(n, _SELDOM)) for word, n in counts.items()}

    def _level(self, count: int) -> float:
        return max(round(2 * log2(self._size / count)) / 2, 0.0)

    def told(self, words: Words, time: float) -> Told:
        """An article with the weights of its words. Common words count for its length alone."""
        return Told(time, self._weigh(words.title, self._titles, TITLE), self._weigh(words.excerpt, self._excerpts, EXCERPT))

    def _weigh(self, words: tuple[str, ...], levels: dict[str, float], share: float) -> list[tuple[str, float]]:
        new = self._new
        found = [levels.get(word, new) for word in words]
        length = sum(map(mul, found, found))
        if not length:
            return []
        scale, least = sqrt(share / length), self._least
        return [(word, level * scale) for word, level in zip(words, found, strict=True) if level >= least]


def alike(older: Sequence[Told], own: Sequence[Told], window: float) -> list[Pairs]:
    """For each of `own`, the articles before it, of `older` and `own` (the oldest first), that are like it and not older than `window`
    seconds before it. Places count from the first of `older`. One with nearly the same title is a copy: as like as can be, whenever it
    came."""
    titles: dict[str, Pairs] = {}
    excerpts: dict[str, Pairs] = {}
    everything = [*older, *own]
    start = len(older)
    out: list[Pairs] = []
    for place, one in enumerate(everything):
        if place >= start:
            scores = [0.0] * place
            _add(scores, one.title, titles)
            copies = {i for i, score in enumerate(scores) if score >= COPY * TITLE}
            _add(scores, one.excerpt, excerpts)
            found: Pairs = []
            for i, score in enumerate(scores):
                if score >= FLOOR and (apart := one.time - everything[i].time) <= window:
                    likeness = 1.0 if i in copies else round(score / (1 + apart / WEEK), 3)
                    if likeness >= FLOOR:
                        found.append((i, likeness))
            out.append(found)
        for word, weight in one.title:
            titles.setdefault(word, []).append((place, weight))
        for word, weight in one.excerpt:
            excerpts.setdefault(word, []).append((place, weight))
    return out


def _add(scores: list[float], words: list[tuple[str, float]], postings: dict[str, Pairs]) -> None:
    for word, weight in words:
        for place, other in postings.get(word, ()):
            scores[place] += weight * other
