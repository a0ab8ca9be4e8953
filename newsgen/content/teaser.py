"""The teaser of an article without an excerpt: the beginning of its body as text. Pure."""

from __future__ import annotations

import html
import re

# The end of a teaser as Hugo, Zola, WordPress, Nikola, Pelican, Eleventy and Docusaurus mark it.
MORE = re.compile(
    r"<!--[ \t]*(?:(?:read ?)?more|(?:end.)?excerpt(?:.?end)?|truncate|TEASER_END"
    r"|PELICAN_END_SUMMARY)\b[^<>\n]{0,100}-->|\{/\*[ \t]*truncate[ \t]*\*/\}",
    re.I,
)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)
_NO_TEXT = re.compile(r"<(sup|figcaption|pre|style|h[1-6])\b[^>]*>.*?</\1>", re.S)
_TAG = re.compile(r"<[^>]*>")
_LENGTH = 200  # characters, as the lists of other tools show them
_LONGEST = 1_000  # of a teaser whose end is marked
_LOOSE = " ,;:-–—(“‘«"


def first_paragraph(body: str) -> str:
    """Return the first paragraph with text of a body's HTML, cut at a word near 200 characters."""
    for found in _PARAGRAPH.finditer(body):
        if text := _text(found[1]):
            return _cut(text, _LENGTH)
    return ""


def marked(above: str) -> str:
    """Return the text of the HTML above the mark that ends a teaser."""
    return _cut(_text(above), _LONGEST)


def _text(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", _NO_TEXT.sub("", markup))).split())


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    words = text[: length + 1].rpartition(" ")[0]
    return (words if len(words) > length // 2 else text[:length]).rstrip(_LOOSE) + "…"
