"""The text of HTML, for titles and excerpts. Pure."""

from __future__ import annotations

import html

from newsgen.content.body.tokens import tokens

_BREAKS = frozenset(
    {
        *("p", "div", "br", "hr", "li", "ul", "ol", "dt", "dd", "pre", "blockquote"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th"),
        *("figure", "figcaption", "section", "article"),
    }
)
_LOOSE = " ,;:-–—(“‘«"


def plain_text(markup: str) -> str:
    """Return the text of HTML on one line, without the content of scripts and the like."""
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    parts = (
        " " if token.name in _BREAKS else html.unescape(token.text) for token in tokens(markup)
    )
    return " ".join("".join(parts).split())


def cut_at_word(text: str, length: int) -> str:
    """Return a text cut at a word, near `length` characters at most, with an ellipsis."""
    if len(text) <= length:
        return text
    words = text[: length + 1].rpartition(" ")[0]
    return (words if len(words) > length // 2 else text[:length]).rstrip(_LOOSE) + "…"
