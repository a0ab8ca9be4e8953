"""Split text into search terms.

`static/search.js` has the same rules: a query finds an article only if both make the same terms.
Change them together; tests/search/test_terms.py compares the two.
"""

from __future__ import annotations

import re
import unicodedata

from newsgen.core.patterns import lazily

SHORT = 10  # letters of a word that count
# Accents, and the vowel signs of Arabic and Hebrew, which most texts leave out. Other combining
# marks are letters: the vowels of Hindi or Thai.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]")
_LETTERS = dict(zip("ßæœøđłıςى", ("ss", "ae", "oe", "o", "d", "l", "i", "σ", "ي"), strict=True))
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
# Scripts without spaces between words, and Korean, whose particles are part of the word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
_RUN = lazily(
    f"[{UNSPACED}]+|(?:(?![{UNSPACED}])[^\\W_\u0964\u0965]|[\u0900-\u0963\u0966-\u0dff])+"
)
# The same for a text that is ASCII, or has no letters beyond Arabic: up to 5 times as fast.
_ASCII = re.compile("[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_BEYOND = re.compile("[^\0-\u08ff\u1800-\u303f]")
_UNSPACED_START = lazily(f"[{UNSPACED}]")


def fold(text: str) -> str:
    """Return a text in lower case without accents."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).lower()
    composed = unicodedata.normalize("NFC", _MARKS.sub("", folded))
    # `str.translate` takes 9 us for a text that is not ASCII, this less than 1.
    return _LETTER.sub(lambda found: _LETTERS[found[0]], composed)


def terms(text: str) -> list[str]:
    """Return the terms of a text, in its order.

    A term is the beginning of a word. Text without spaces between words is split into pairs of
    characters. Its last character is a term too, so that a search finds every single character.
    """
    folded = fold(text)
    if folded.isascii():
        return [word[:SHORT] for word in _ASCII.findall(folded)]
    if not _BEYOND.search(folded):
        return [word[:SHORT] for word in _WORD.findall(folded)]
    found: list[str] = []
    for run in _RUN.findall(folded):
        if _UNSPACED_START.match(run):
            found += [run[i : i + 2] for i in range(len(run))]
        else:
            found.append(run[:SHORT])
    return found


def is_unspaced(character: str) -> bool:
    """Return whether a character belongs to a script without spaces between words."""
    return _UNSPACED_START.match(character) is not None
