"""The terms of articles with their weights, grouped into the files that a browser reads.

The articles of a shard are numbered from the oldest. SIZE of them are a block, whose terms are
computed from its own articles alone, so that an edit computes one block. A file of terms is made
by joining the parts of all blocks. docs/search.md describes the format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsgen.search.terms import is_unspaced, terms

SIZE = 84  # articles in a block; a browser reads the cards of a block for each result
PER_FILE = 135  # articles of a shard for each of its files of terms
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEP = 2  # levels for a weight of 1


class Field(NamedTuple):
    """How the words of a field count (BM25F, Robertson and Zaragoza 2009, section 3.6).

    `boost` is the weight of a word in a field of `usual` characters. `share` says how much of it
    depends on the length, from 0 to 1. `usual` is a constant, so that one article's weights do not
    depend on the others. Characters are counted rather than words, since rare words are longer.
    Where a word `repeats`, each occurrence counts.
    """

    boost: float
    share: float
    usual: int
    repeats: bool = False


TITLE = Field(6.0, 0.9, 50)
EXCERPT = Field(1.0, 0.0, 125)
LABELS = Field(0.5, 0.0, 25)  # topics, tags, source and authors
BODY = Field(0.5, 0.7, 2000, repeats=True)


class Texts(NamedTuple):
    """An article's part in the index: its texts, and the names of its groups (see `group`)."""

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

    1009 is a prime above most numbers of files. If the number of files were a multiple of the
    factor, only the last character would count.
    """
    start, place = term[:3], 0
    if not start.isascii() and is_unspaced(start[0]):
        start = start[0]
    for letter in start:
        place = 1009 * place + ord(letter)
    return place % files


def index_block(articles: Iterable[Texts], files: int) -> list[str]:
    """Return the part of a block in each file of terms. Each line has a term, the number of its
    first article in the block, the number after its last one, and its articles (see `_article`).
    """
    found: dict[str, str] = {}
    firsts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for number, article in enumerate(articles):
        for term, level in _levels(article).items():
            if term in found:
                found[term] += _article(number - ends[term], level)
            else:
                found[term] = level
                firsts[term] = number
            ends[term] = number + 1
    parts: list[list[str]] = [[] for _ in range(files)]
    for term, own in found.items():
        parts[file_of(term, files)].append(f"{term} {firsts[term]} {ends[term]} {own}")
    return ["\n".join(sorted(part)) for part in parts]


@lru_cache(4096)  # common words have few distances; a tenth of the time
def _article(skipped: int, level: str) -> str:
    """Encode an article in the list of a term. The text is half the number of articles skipped
    before it (nothing for 0), then the letter of its weight, in lower case if that number is odd.
    """
    return f"{skipped // 2 or ''}{level.lower() if skipped % 2 else level}"


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
        length = sum(map(len, words)) / field.usual
        unit = _STEP * field.boost / (1 - field.share + field.share * length)
        own = dict.fromkeys(words, unit)
        if field.repeats:
            own = {term: count * unit for term, count in Counter(words).items()}
        for term in own.keys() & weights.keys():
            own[term] += weights[term]
        weights |= own
    # An article has many terms and few different weights.
    letters = {
        weight: LEVELS[min(max(int(weight), 1), len(LEVELS)) - 1]
        for weight in set(weights.values())
    }
    levels = {term: letters[weight] for term, weight in weights.items()}
    levels.update(dict.fromkeys(article.groups, LEVELS[0]))
    return levels


def join_blocks(parts: Sequence[str]) -> dict[str, str]:
    """Return the terms of a file, sorted, each with its articles, from the parts of all blocks."""
    found: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    for start, part in zip(range(0, SIZE * len(parts), SIZE), parts, strict=True):
        for line in part.split("\n") if part else ():
            term, first, end, articles = line.split(" ")
            joined = _article(start + int(first) - ends.get(term, 0), articles[0]) + articles[1:]
            found.setdefault(term, []).append(joined)
            ends[term] = start + int(end)
    return {term: "".join(found[term]) for term in sorted(found)}
