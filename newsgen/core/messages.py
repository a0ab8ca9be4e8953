"""The wording of messages: numbers with their nouns, and "did you mean" hints."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HISSING = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"(?<=[^aeiou])y$")


def plural(noun: str) -> str:
    """Return the plural of a regular English noun. Of several words, only the last changes."""
    if _HISSING.search(noun):
        return noun + "es"
    return _CONSONANT_Y.sub("ie", noun) + "s"


def count(n: int, noun: str) -> str:
    """Return a number with its noun: `1 page`, `2 pages`, `1,000 addresses`."""
    return f"{n:,} {noun if n == 1 else plural(noun)}"


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the known name closest to `name`, ignoring case.

    Return "" if none is similar enough: `likeness` is the least difflib ratio.
    """
    import difflib  # needed only after a mistake

    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), folded, 1, likeness)
    return folded[near[0]] if near else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint with the closest known name, or `otherwise` if none is similar."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else otherwise
