"""Replace straight quotation marks by those of a language, in the right direction. Pure.

The neighbours of a mark and the open marks decide its direction. Where neither does, the straight
mark stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from newsgen.core.patterns import lazily


class Marks(NamedTuple):
    """The quotation marks of a language.

    The single ones are for a quotation inside another, or in single marks.
    """

    left: str
    right: str
    single_left: str
    single_right: str


_ENGLISH = Marks("“", "”", "‘", "’")
_GERMAN = Marks("„", "“", "‚", "‘")
_GUILLEMETS = Marks("«", "»", "“", "”")
_SWISS = Marks("«", "»", "‹", "›")
_RUSSIAN = Marks("«", "»", "„", "“")
_CORNERS = Marks("「", "」", "『", "』")
_NORDIC = Marks("”", "”", "’", "’")
# CLDR 46, delimiters. Where CLDR gives the same marks twice, the second pair follows the language's
# style guides.
_MARKS = {
    **dict.fromkeys(
        ("bg", "cs", "de", "dsb", "et", "hsb", "is", "ka", "lb", "lt", "mk", "sk", "sl"), _GERMAN
    ),
    **dict.fromkeys(("ar", "ca", "el", "es", "it", "oc", "pt-PT", "sq"), _GUILLEMETS),
    **dict.fromkeys(("am", "de-CH", "de-LI", "fa", "fr-CH", "gsw", "hy", "it-CH", "rm"), _SWISS),
    **dict.fromkeys(("be", "ru", "uk"), _RUSSIAN),
    **dict.fromkeys(("fi", "he", "sv"), _NORDIC),
    **dict.fromkeys(("ja", "yue", "zh-Hant", "zh-HK", "zh-MO", "zh-TW"), _CORNERS),
    **dict.fromkeys(("nb", "nn", "no"), Marks("«", "»", "‘", "’")),
    **dict.fromkeys(("pl", "ro"), Marks("„", "”", "«", "»")),
    **dict.fromkeys(("br", "fr"), Marks("«\u202f", "\u202f»", "“", "”")),
    **dict.fromkeys(("bs", "hr", "sr"), Marks("„", "”", "‘", "’")),
    "hu": Marks("„", "”", "»", "«"),
}
_BY_TAG = {tag.lower(): marks for tag, marks in _MARKS.items()}

_STRAIGHT = lazily("[\"']+")
_OPENING_SIGNS = frozenset("@#&%*¿¡/\\§¶")  # punctuation that may begin a quotation
# Scripts where a quotation may begin or end inside a word: those without spaces (Thai to Myanmar,
# Khmer, Chinese, Japanese), Hangul, whose particles follow a closing mark, and Arabic, whose
# prefixes precede an opening one.
_UNSPACED = lazily(
    "[\u0620-\u06d3\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u2fff\u3001-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_HEBREW = lazily("[\u05d0-\u05ea]")
_BEFORE_GERSHAYIM = lazily("[\u05d0-\u05ea]{2}$")
_LAST_LETTER = lazily('[\u05d0-\u05ea](?![\u05d0-\u05ea"])')
_QUOTED = lazily(r"[^\"\n]*[^\"\s]\"(?![\u05d0-\u05ea])")
# Words that a language writes with an apostrophe before them.
_ELIDED = {
    "af": "n|t|k",
    "de": "s|n|ne|nem|nen|ner",
    "en": "tis|twas|twere|til|em|cause|bout|neath|n",
    "nl": "s|t|n|k|m|r",
}
_DECADE = lazily(r"\d0s?\b")


class _Place(NamedTuple):
    """A straight mark and its position.

    `left` and `right` are the nearest characters that are not straight marks, "" at the ends.
    """

    at: int
    mark: str
    left: str
    right: str

    @property
    def may_open(self) -> bool:
        """Return whether no word ends directly before the mark."""
        return (
            not self.left
            or unicodedata.category(self.left) in _BEFORE
            or self.left in "/=+|<>~¿¡\n\t"
        )

    @property
    def may_close(self) -> bool:
        """Return whether no word begins directly after the mark."""
        return (
            not self.right
            or (unicodedata.category(self.right) in _BEHIND and self.right not in _OPENING_SIGNS)
            or self.right in "/<\n\t"
        )

    @property
    def is_unspaced(self) -> bool:
        """Return whether a neighbour is of a script where a quotation may begin inside a word."""
        return bool(_UNSPACED.match(self.left) or _UNSPACED.match(self.right))


_BEFORE = frozenset({"Zs", "Zl", "Zp", "Ps", "Pi", "Pd"})
_BEHIND = frozenset({"Zs", "Zl", "Zp", "Pe", "Pf", "Pd", "Po"})


def marks_of(language: str) -> Marks:
    """Return the marks for a language tag (BCP 47), those of English if it is unknown."""
    tag = language.lower()
    while tag:
        if tag in _BY_TAG:
            return _BY_TAG[tag]
        tag = tag.rpartition("-")[0]
    return _ENGLISH


def curled(text: str, language: str) -> list[str]:
    """Return the replacement of each straight mark in a paragraph, in their order.

    In `text`, a letter represents each piece of code, image and the like.
    """
    marks = marks_of(language)
    places = [place for found in _STRAIGHT.finditer(text) for place in _places(text, *found.span())]
    doubles = _doubles(text, [place for place in places if place.mark == '"'], marks)
    singles = _singles(
        text,
        [place for place in places if place.mark == "'"],
        marks,
        _ELIDED.get(language.partition("-")[0].lower(), ""),
    )
    made = doubles | singles
    return [made[place.at] for place in places]


def _places(text: str, first: int, last: int) -> list[_Place]:
    left, right = text[max(first - 1, 0) : first], text[last : last + 1]
    return [_Place(at, text[at], left, right) for at in range(first, last)]


def _doubles(text: str, places: list[_Place], marks: Marks) -> dict[int, str]:
    out: dict[int, str] = {}
    opened = 0
    # True after a mark that may have opened a quotation stayed straight: then the mark that may
    # close it stays straight too.
    doubtful = False
    for place in places:
        made = _double(place, text, opened > 0)
        if made == "close" and not opened and doubtful:
            made = '"'
        doubtful = doubtful or (made == '"' and not place.may_close)
        out[place.at] = {"open": marks.left, "close": marks.right}.get(made, made)
        opened = opened + 1 if made == "open" else max(opened - 1, 0) if made == "close" else opened
    return out


def _double(place: _Place, text: str, is_open: bool) -> str:
    """Return `open`, `close` or the replacement character."""
    left, right = place.left, place.right
    if _HEBREW.match(left) and _HEBREW.match(right):
        return _hebrew(text, place.at)
    elided = text[place.at - 1 : place.at] in ("'", "’") and left.isalpha()  # l'"homme"
    if elided and right.isalnum():
        return "open"
    may_open, may_close = place.may_open, place.may_close
    if may_open and may_close:
        return _between(place, is_open)
    if may_open:
        return "open"
    if may_close:
        return "close" if is_open or not left.isdigit() else '"'  # 6" is a length
    if is_open:
        return "close"  # before a suffix, as in "NATO"nun
    return "open" if place.is_unspaced and not left.isdigit() else '"'


def _hebrew(text: str, at: int) -> str:
    """Return the replacement of a mark between Hebrew letters.

    It is gershayim before the last letter of an abbreviation or before its ending, or it opens a
    quotation after a prefix of one letter.
    """
    if _LAST_LETTER.match(text, at + 1):
        return "״"
    if _BEFORE_GERSHAYIM.search(text, max(at - 2, 0), at):
        return "״"
    return "open" if _QUOTED.match(text, at + 1) else '"'


def _between(place: _Place, is_open: bool) -> str:
    """Return the direction of a mark with punctuation or nothing on both sides.

    Examples are "…and then" and "But I—" she said.
    """
    spaced_left = not place.left or place.left.isspace()
    spaced_right = not place.right or place.right.isspace()
    if spaced_left and spaced_right:
        return '"'
    if is_open and not spaced_left:
        return "close"
    return '"' if spaced_right else "open"


def _singles(text: str, places: list[_Place], marks: Marks, elided: str) -> dict[int, str]:
    out: dict[int, str] = {}
    is_open = False
    ends, following = _behind(places)
    for n, place in enumerate(places):
        if place.may_open and place.may_close:
            made = "'"
        elif place.may_open:
            made = _opening(text, place, ends[n], elided)
        elif place.may_close:
            made = _closing(place, following[n], is_open)
        else:
            made = _inner(place, is_open, n + 1 < len(places))
        is_open = made == "open" or (is_open and made != "close")
        out[place.at] = {"open": marks.single_left, "close": marks.single_right}.get(made, made)
    return out


def _behind(places: list[_Place]) -> tuple[list[bool], list[bool | None]]:
    """Return two facts for each mark, from the marks after it.

    They are whether a later one may end a quotation, and whether the next one with a direction
    opens (None if there is none).
    """
    ends, following = [False], list[bool | None]([None])
    for place in reversed(places[1:]):
        ends.append(ends[-1] or (place.may_close and not place.may_open) or place.is_unspaced)
        following.append(place.may_open if place.may_open != place.may_close else following[-1])
    return ends[::-1], following[::-1]


def _opening(text: str, place: _Place, ends: bool, elided: str) -> str:
    """Return the replacement of a mark before a word.

    It is an apostrophe, as in '90s or 'tis, or it opens a quotation that ends later or begins the
    paragraph.
    """
    if _DECADE.match(text, place.at + 1) or (elided and _elision(elided).match(text, place.at + 1)):
        return "’"
    return "open" if ends or not place.left else "'"


@cache
def _elision(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})(?:\b(?!')|(?<=n)'\s)", re.I)


def _closing(place: _Place, opens_next: bool | None, is_open: bool) -> str:
    """Return the replacement of a mark after a word.

    It ends a quotation, marks a length (6'), or is an apostrophe as in the dogs' bowl.
    """
    if is_open:
        possessive = place.left in "sxzSXZ" and opens_next is False and place.right.isspace()
        return "’" if possessive else "close"
    if _HEBREW.match(place.left):
        return "׳"  # geresh
    return "'" if place.left.isdigit() else "’"


def _inner(place: _Place, is_open: bool, more: bool) -> str:
    """Return the replacement of a mark inside a word.

    It is an apostrophe, except in lengths, Hebrew, and scripts without spaces.
    """
    if place.left.isdigit() and place.right.isdigit():
        return "'"
    if _HEBREW.match(place.left):
        return "׳"
    if place.is_unspaced and (is_open or more):
        return "close" if is_open else "open"
    return "’"
