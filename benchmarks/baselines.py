"""Baselines for newsgen's stories: TF-IDF of whole texts, in words or four-letter parts, with and
without time, and the groups of articles that it connects.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log, sqrt

from newsgen.core.model import Article
from newsgen.stories.clustering import UnionFind

Scores = list[dict[int, float]]  # for each article, the others by their similarity
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return _WORD.findall(text.casefold())


def parts(text: str) -> list[str]:
    """Return the sequences of four letters in the words of a text."""
    edged = [f"_{word}_" for word in words(text)]
    return [word[i : i + 4] for word in edged for i in range(max(len(word) - 3, 1))]


def tf_idf(texts: Sequence[list[str]]) -> Scores:
    """Return the cosine of each pair of texts, computed term by term."""
    df = Counter(term for text in texts for term in set(text))
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    rows: list[dict[str, float]] = []
    for i, text in enumerate(texts):
        weights = {term: n * log(len(texts) / df[term]) for term, n in Counter(text).items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        rows.append({term: weight / length for term, weight in weights.items() if weight})
        for term, weight in rows[-1].items():
            places[term].append((i, weight))
    found: Scores = []
    for i, row in enumerate(rows):
        scores: dict[int, float] = defaultdict(float)
        for term, weight in row.items():
            for j, other in places[term]:
                scores[j] += weight * other
        scores.pop(i, None)
        found.append({j: score for j, score in scores.items() if score >= 0.01})
    return found


def text_of(article: Article) -> str:
    """Return the text of an article, in which the title counts twice."""
    return f"{article.title} {article.title} {article.excerpt}"


def by_time(scores: Scores, days: Sequence[float]) -> Scores:
    """Return these similarities, each divided by 1 + weeks between the two articles."""
    return [
        {j: score / (1 + abs(days[i] - days[j]) / 7) for j, score in row.items()}
        for i, row in enumerate(scores)
    ]


def connected(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each article the first one that these pairs connect it with."""
    groups = UnionFind()
    for one, other in pairs:
        groups.join(one, other)
    return [groups.root(i) for i in range(count)]


def pairs_above(scores: Scores, least: float) -> Iterable[tuple[int, int]]:
    """Return the pairs with at least this similarity."""
    return ((i, j) for i, row in enumerate(scores) for j, score in row.items() if score >= least)
