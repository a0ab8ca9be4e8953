"""The terms of articles with their weights, grouped into the files that a browser reads.

The articles of a shard are numbered from the oldest. SIZE of them are a block, whose terms are
computed from its own articles alone, so that an edit computes one block. A file of terms is made
by joining the parts of all blocks. docs/search.md describes the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newsgen.search.terms import is_unspaced, terms

SIZE = 84  # articles in a block; a browser reads the cards of a block for each result
PER_FILE = 135  # articles of a shard for each of its files of terms
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_STEP = 5  # levels for a weight of 1


class Field(NamedTuple):
    """How the words of a field count (BM25F, Robertson and Zaragoza 2009, section 3.6).

    `boost` is the weight of a word in a field of `usual` words. `share` says how much of it
    depends on the number of words, from 0 to 1. `usual` is a constant, so that one article's
    weights do not depend on the others.
    """

    boost: float
    share: float
    usual: int


TITLE = Field(6.0, 0.9, 10)
EXCERPT = Field(0.5, 0.0, 25)
LABELS = Field(0.5, 0.0, 5)  # topics, tags, source and authors
BODY = Field(0.5, 0.7, 400)


class Texts(NamedTuple):
    """What the index says of an article: its texts, and the names of its groups (see `group`)."""

    title: str
    excerpt: str
    labels: str
    body: str
    groups: tuple[str, ...]


def group(kind: str, slug: str) -> str:
    """Return the term of all articles of a topic (`#`), a source (`@`) or an author (`~`)."""
    return kind + slug


def file_count(articles: int) -> int:
    """Return how many files hold the terms of a shard with so many articles."""
    return -(-articles // PER_FILE)


def file_of(term: str, files: int) -> int:
    """Return the file of a term, among `files`. All terms that begin with the same three characters
    are in one file, or with the same one in scripts without spaces.
    """
    place = 0
    for letter in term[: 1 if is_unspaced(term[0]) else 3]:
        place = 31 * place + ord(letter)
    return place % files


def index_block(articles: Iterable[Texts], block: int, files: int) -> list[str]:
    """Return the part of a block in each file of terms: lines of a term and its articles.

    The articles are written as `BLOCK.`, then for each the number of articles left out before it
    (nothing for 0) and a letter, its weight.
    """
    found: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    for number, article in enumerate(articles):
        for term, level in _levels(article).items():
            if term in found:
                skipped = number - ends[term]
                found[term].append(f"{skipped}{level}" if skipped else level)
            else:
                found[term] = [f"{term} {block}.{number or ''}{level}"]
            ends[term] = number + 1
    parts: list[list[str]] = [[] for _ in range(files)]
    for term, pieces in found.items():
        parts[file_of(term, files)].append("".join(pieces))
    return ["\n".join(sorted(part)) for part in parts]


def _levels(article: Texts) -> dict[str, str]:
    """Return the letter for the weight of each term."""
    weights: dict[str, float] = {}
    for field, text in (
        (TITLE, article.title),
        (EXCERPT, article.excerpt),
        (LABELS, article.labels),
        (BODY, article.body),
    ):
        if not text:
            continue
        words = terms(text)
        unit = _STEP * field.boost / (1 - field.share + field.share * len(words) / field.usual)
        for word in words:
            weights[word] = weights.get(word, 0.0) + unit
    top = len(LEVELS)
    levels = {
        term: LEVELS[min(int(weight), top) - 1 if weight >= 1 else 0]
        for term, weight in weights.items()
    }
    levels.update(dict.fromkeys(article.groups, LEVELS[0]))
    return levels


def join_blocks(parts: Sequence[str]) -> dict[str, str]:
    """Return the terms of a file, sorted, each with its articles, from the parts of all blocks."""
    found: dict[str, str] = {}
    for part in parts:
        for line in part.split("\n") if part else ():
            term, _, articles = line.partition(" ")
            found[term] = found[term] + articles if term in found else articles
    return dict(sorted(found.items()))
