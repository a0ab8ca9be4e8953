"""The wording of messages: numbers with their nouns, and the name that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HISSING = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"(?<=[^aeiou])y$")


def plural(noun: str) -> str:
    """The plural of a regular English noun; of several words, that of the last one."""
    if _HISSING.search(noun):
        return noun + "es"
    return _CONSONANT_Y.sub("ie", noun) + "s"


def count(n: int, noun: str) -> str:
    """A number with its noun: `1 page`, `2 pages`, `1,000 addresses`."""
    return f"{n:,} {noun if n == 1 else plural(noun)}"


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known name that was probably meant, whatever its case; "" where none is as like it (difflib's ratio)."""
    import difflib  # only mistakes need it

    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), folded, 1, likeness)
    return folded[near[0]] if near else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest known name; `otherwise` where none is like it."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else otherwise
