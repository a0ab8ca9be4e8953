"""Find UTF-8 that was decoded as Windows-1252, such as `â€™` for `’`, and correct it. Pure.

The pair `Ã”` may be a letter and a closing quotation mark, in Portuguese capitals, or the mojibake
of `Ô`. So a sequence is decoded only if no language writes it (the rules of `_is_certain`), or if
it is in one word with such a sequence. If every non-ASCII character of a text belongs to a
sequence, the whole text was decoded wrongly.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from newsgen.core.patterns import lazily

# Each byte as Windows-1252 shows it. Its five undefined bytes become C1 controls (WHATWG Encoding
# Standard, windows-1252).
_SHOWN = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)
}
_BYTES = {shown: code for code, shown in _SHOWN.items()} | {
    chr(code): code for code in range(0x80, 0x100)
}
_NEXT = "[" + re.escape("".join(c for c, code in _BYTES.items() if code < 0xC0)) + "]"
# Lead bytes and their continuation bytes (Unicode 16, table 3-7). Decoding refuses overlong forms.
_SEQUENCE = lazily(f"[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}}")
_WORD = lazily("[^ \t\n]+")
# The mojibake of `”` whose last character, a control, another program has removed.
_CUT = lazily(f"â€(?!{_NEXT})")

# Characters in `_NEXT` that may follow a letter in correct text: closing marks, dashes, footnote
# signs.
_SEPARATORS = frozenset("\xa0\xad–—‘’“”«»‹›…•·")
_SIGNS = frozenset("™©®°ªº¹²³†‡")
_AFTER_LETTERS = _SEPARATORS | _SIGNS
# the lead bytes of Latin-1 and Latin Extended-A: most words in Latin script
_LATIN = frozenset("ÂÃÄÅ")
_LATIN_MORE = _LATIN | frozenset("ÆÈ")  # also of the Vietnamese ơ and ư, and the Romanian ș and ț
# two sequences in a row must spell letters and marks of scripts that news is written in
_SCRIPTS = lazily(
    "[\xa0-\u024f\u0370-\u052f\u0530-\u07ff\u0900-\u1fff\u2000-\u2bff\u3000-\ud7ff\uf900-\ufaff\ufb00-\ufdcf\ufe00-\uffef\U0001f000-\U0001faff]+"
)


class _Sequence(NamedTuple):
    """Characters that form one UTF-8 character, `meant`, when read as bytes."""

    start: int
    end: int
    shown: str
    meant: str


def repair_mojibake(text: str) -> str:
    """Return the text with every certain mojibake sequence decoded, unchanged if there is none."""
    if "â€œ" in text:
        text = _CUT.sub("”", text)
    found = _sequences(text)
    whole = bool(found) and sum(len(one.shown) for one in found) == sum(
        not c.isascii() for c in text
    )
    certain = [
        n
        for n in range(len(found))
        if _is_certain(found, n, text) or (whole and _is_lone_space(found[n], text))
    ]
    if not certain:
        return text
    if not whole:
        words = [word.start() for word in _WORD.finditer(text)]
        marked = {bisect_right(words, found[n].start) for n in certain}
        found = [one for one in found if bisect_right(words, one.start) in marked]
    out, at = [], 0
    for one in found:
        out += [text[at : one.start], one.meant]
        at = one.end
    return "".join([*out, text[at:]])


def _sequences(text: str) -> list[_Sequence]:
    out = []
    for found in _SEQUENCE.finditer(text):
        try:
            meant = bytes([_BYTES[c] for c in found[0]]).decode()
        except UnicodeDecodeError:
            continue
        if not "\x80" <= meant <= "\x9f":  # no text has a C1 control
            out.append(_Sequence(*found.span(), found[0], meant))
    return out


def _is_certain(found: list[_Sequence], n: int, text: str) -> bool:
    """Return whether no language writes this sequence, judged by it and its neighbours."""
    one = found[n]
    lead, rest = one.shown[0], one.shown[1:]
    before = text[one.start - 1] if one.start else " "
    after = text[one.end] if one.end < len(text) else " "
    odd = not _AFTER_LETTERS.issuperset(rest)
    if n + 1 < len(found) and found[n + 1].start == one.end and _is_run(one, found[n + 1]):
        return True
    if lead in "âïð":  # punctuation, signs, ligatures and emoji: `â€`, `ï»¿`, `ðŸ`
        return odd or one.meant == "\ufeff"
    if len(one.shown) > 2:  # a letter of another script inside a word, as in Viá»‡t
        return lead == "á" and after.islower() and rest[-1] not in _SEPARATORS
    if lead in _LATIN and odd:  # `Ã¡`, `Å‚`: no text has such a sign after a letter
        return True
    if lead in _LATIN_MORE and (
        (before.isalpha() and before.islower()) or (rest in _SIGNS and after.islower())
    ):
        return True  # a capital after a small letter, or a sign inside a word
    # `20Â°C`, ` Â© 2026`: these Latin-1 characters follow a capital that begins no word.
    return lead == "Â" and rest in "©®°²³·«" and (before.isspace() or before.isdigit())


def _is_lone_space(one: _Sequence, text: str) -> bool:
    """Return whether this is a no-break space, or `à` before a space, where no word ends."""
    return one.shown in ("Â\xa0", "Ã\xa0") and not text[one.start - 1 : one.start].isalpha()


def _is_run(one: _Sequence, other: _Sequence) -> bool:
    """Return whether two neighbours spell letters of one script.

    Marks between letters, as in `Å–Ä–Ö`, do not.
    """
    natural = _SEPARATORS.issuperset(one.shown[1:] + other.shown[1:])
    return (
        not natural
        and one.shown[0] != "ß"
        and _SCRIPTS.fullmatch(one.meant + other.meant) is not None
    )
