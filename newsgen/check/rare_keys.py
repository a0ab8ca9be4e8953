"""Find keys of front matter that few articles use: most are misspelt, or left from another tool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from newsgen.content.schema import FIELDS
from newsgen.core.alias_names import ALIASES
from newsgen.core.messages import count, nearest
from newsgen.core.model import Article
from newsgen.core.problems import Problem

_RARE = 100  # a key is rare if fewer than one article in so many uses it
_LIKENESS = 0.8  # difflib's ratio, as for misnamed fields


def rare_keys(
    articles: Iterable[tuple[str, Article]], grouping: Sequence[str]
) -> tuple[dict[str, int], list[Problem]]:
    """Return how many articles use each key that under 1 % of them do, and a warning for each that
    resembles another key.

    `articles` are given with their files. `grouping` are the keys of taxonomies, which may be rare.
    """
    files: dict[str, list[str]] = defaultdict(list)
    total = 0
    for path, article in articles:
        total += 1
        for key in article.extra:
            files[key].append(path)
    rare = {
        key: len(some)
        for key, some in sorted(files.items())
        if len(some) * _RARE < total and key not in grouping
    }
    known = [*(files.keys() - rare.keys()), *grouping, *FIELDS, *ALIASES]
    problems = []
    for key, number in rare.items():
        if near := nearest(key, sorted(known), _LIKENESS):
            message = f"of {count(total, 'article')} only {number:,} has the key {key}"
            hint, where = f"did you mean {near}?", f"$.{key}"
            problems.append(Problem("warning", "rare-key", message, where, hint, files[key][0]))
    return rare, problems
