"""Repairs for common errors in real data, as pure functions. docs/problems.md lists them all.

Each returns the repaired text, and reports a code if it changed something, so that repairs can be
counted and listed. Costly repairs run only on text that may need them: three of four strings are
plain ASCII.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache
from html.entities import html5
from urllib.parse import unquote

from newsgen.content.mojibake import repair_mojibake
from newsgen.core.text import NOT_TEXT

Note = Callable[[str], None]

# The code of each repair, and its message in `newsgen check`. See docs/problems.md.
REPAIRS = {
    "alias": "another tool's name of a field is read as the field",
    "entity": "an HTML entity is read as its character",
    "mojibake": "UTF-8 that was read as Windows-1252 is decoded again",
    "invisible-character": "invisible characters are removed",
    "white-space": "white space is collapsed",
    "section-file": "a file about a folder in another language is not shown",
    "title-of-file": "the words of the file's name are the title of an article without one",
    "undated-draft": "a draft without a date is withheld until it has one",
    "markup": "HTML tags in an excerpt are removed",
    "empty-excerpt": "a meaningless excerpt is removed",
    "percent-escape": "percent escapes in a name are decoded",
    "on-msn": "“on MSN” is removed from a publisher's name",
    "provider-path": "a publisher's name that is an address becomes its host",
    "url-encoded": "an address is percent-encoded",
    "insecure-picture": "the address of an image gets https:",
    "null-item": "an empty list item is removed",
    "related-self": "the article itself is removed from its related stories",
    "related-duplicate": "a duplicate entry is removed",
}

_ENTITY = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
# UTF-8 read as Windows-1252 shows a lead byte (C2 to F4) before a continuation byte (80 to BF).
_MOJIBAKE = re.compile("[\xc2-\xf4][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# Soft hyphen, zero-width space, word joiner, BOM, controls, bidi embeddings, overrides and
# isolates, object replacement, noncharacters, lone surrogates, and tags outside a flag. The joiners
# U+200C/D and the marks U+200E/F stay, because they carry meaning.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]|(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+"
)
_SPACES = re.compile(r"\s+")
_NUMERIC = re.compile("&(#(?:[0-9]+|[xX][0-9a-fA-F]+));?")
_REPLACEMENT = ("#65533", "#xfffd")
# no-break and ideographic spaces are part of the spelling
_KEPT_SPACES = frozenset("\xa0\u2007\u202f\u3000")
# Tags found only in HTML; a sentence about tags such as `<b>` stays, and so does one about
# `<video>`.
_NAMES = "a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|small|span|strong|u|ul"
_MARKUP = re.compile(rf"</(?:{_NAMES})\s*>|<(?:br|img|p)\b[^<>]*>", re.I)
_TAG = re.compile(rf"</?(?:{_NAMES})\b[^<>]*>", re.I)
_NO_EXCERPT = {"na", "n/a", "none", "null", "-", "."}
_PERCENT = re.compile("%[0-9a-fA-F]{2}")
_ON_MSN = re.compile(r"\s+on\s+msn(?:\.com)?$", re.I)
_HOST_PATH = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,})(?:/\S*)?", re.I)
_PASSES = 4  # one repair can expose another, such as an entity for a soft hyphen inside mojibake


def is_clean(text: str) -> bool:
    """Return whether `clean_text` would change nothing. False is possible for clean text too."""
    return (
        text.isprintable()  # no controls, no invisible characters, no space but U+0020
        and "&" not in text
        and "  " not in text
        and text.strip() == text
        and (text.isascii() or not _MOJIBAKE.search(text))
    )


def clean_text(text: str, note: Note) -> str:
    """Return a line of text without entities, mojibake, invisible characters and unusual spaces."""
    for _ in range(_PASSES):
        before = text
        if "&" in text:
            text = unescape_entities(text, note)
        if not text.isascii():
            text = clean_mojibake(text, note)
        text = fold_spaces(drop_invisible(text, note), note)
        if text == before or is_clean(text):
            break
    return text


def unescape_entities(text: str, note: Note) -> str:
    """Replace HTML character references by their characters, also those escaped more than once."""
    repaired = _ENTITY.sub(_character, text)
    if repaired != text:
        note("entity")
    return repaired


def _character(found: re.Match[str]) -> str:
    reference = f"&{found[1]};"  # html.unescape alone would turn &copyright; into ©right;
    return html.unescape(reference) if found[1][0] == "#" or f"{found[1]};" in html5 else reference


def clean_mojibake(text: str, note: Note) -> str:
    """Repair UTF-8 that was read as Windows-1252."""
    if not _MOJIBAKE.search(text):
        return text
    repaired = repair_mojibake(text)
    if repaired != text:
        note("mojibake")
    return repaired


def drop_invisible(text: str, note: Note) -> str:
    """Remove invisible characters, and those that change the direction of the text after them."""
    repaired = NOT_TEXT.sub(_space_or_nothing, _INVISIBLE.sub("", text))
    if repaired != text:
        note("invisible-character")
    return repaired


def _space_or_nothing(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def drop_references(markup: str) -> str:
    """Remove characters that are not allowed in text from HTML, and numeric references to them."""
    return NOT_TEXT.sub("", _NUMERIC.sub(_reference, markup))


def _reference(found: re.Match[str]) -> str:
    meant = html.unescape(f"&{found[1]};")  # "" or U+FFFD where Unicode has no character
    return (
        ""
        if not meant
        or NOT_TEXT.match(meant)
        or (meant == "\ufffd" and found[1].lower() not in _REPLACEMENT)
        else found[0]
    )


def fold_spaces(text: str, note: Note) -> str:
    """Replace runs of white space by one space and trim the ends.

    A single no-break or ideographic space stays.
    """
    repaired = _SPACES.sub(_one_space, text).strip()
    if repaired != text:
        note("white-space")
    return repaired


def _one_space(found: re.Match[str]) -> str:
    return found[0] if found[0] in _KEPT_SPACES else " "


@lru_cache(256)  # see `urls.comparable`
def comparable_title(title: str) -> str:
    """Return a title in the form used to match stories, which ignores case and kinds of spaces."""
    title = title.casefold()
    return title if title.isascii() else " ".join(title.split())


def says_nothing(excerpt: str, title: str) -> bool:
    """Return whether an excerpt is a placeholder or repeats the title."""
    return bool(excerpt) and (excerpt == title or excerpt.lower() in _NO_EXCERPT)


def has_markup(text: str) -> bool:
    """Return whether a text is HTML."""
    return "<" in text and bool(_MARKUP.search(text))


def drop_markup(text: str, note: Note) -> str:
    """Return the text of HTML."""
    note("markup")
    return clean_text(_TAG.sub("", text), note)


def drop_excerpt(excerpt: str, note: Note) -> str:
    """Replace a useless excerpt by an empty one."""
    note("empty-excerpt")
    return ""


@lru_cache(4096)
def is_clean_name(name: str) -> bool:
    """Return whether `clean_provider_name` would change nothing."""
    return clean_provider_name(name, lambda code: None) == name


def clean_provider_name(name: str, note: Note) -> str:
    """Return a publisher's name without percent escapes, "on MSN" and the path of a URL."""
    if "%" in name and _PERCENT.search(name):
        decoded = unquote(name)
        if "\ufffd" not in decoded:
            name = clean_text(decoded, note)
            note("percent-escape")
    if name.lower().endswith(("msn", "msn.com")):
        repaired = _ON_MSN.sub("", name)
        if repaired != name:
            note("on-msn")
            name = repaired
    if "/" in name:
        found = _HOST_PATH.fullmatch(name)
        if found:
            note("provider-path")
            name = found[1].lower().removeprefix("www.")
    return name
