"""Handle Kramdown's (Jekyll's) additions to CommonMark: attributes, contents, comments. Pure."""

from __future__ import annotations

import re

from newsgen.content.body.fences import FENCED
from newsgen.core.patterns import lazily

# Attributes: alone on a line, `{: .lead}` (Kramdown) or `{.lead}` (Hugo); Kramdown's also after a
# heading, a link, an image, emphasis or code; others after a link or an image,
# `![](a.png){width=50%}`. Code between fences has none.
_ATTRIBUTES = lazily(
    rf"{FENCED.pattern}"
    r"|^[ \t]{0,3}\{(?::|[.#][\w-])[^{}\n]*\}(?=[ \t]*(?:<!--|$))|(?<=[)\]*_`])\{:[^{}\n]*\}(?!`)"
    r"|(?<=[^\s`])[ \t]+\{:[^{}\n`]*\}(?=[ \t]*$)"
    r"|(?P<link>\]\([^()\s]{1,500}(?:[ ]\"[^\"\n]{0,500}\")?\))\{(?:[.#]|[\w-]+=)[^{}\n]*\}",
    re.M,
)
# A list of one item that marks the table of contents, and text that does not belong to the page.
_BLOCKS = lazily(
    rf"{FENCED.pattern}"
    r"|^[ \t]{0,3}(?:[-*+]|\d+[.)])[ \t][^\n]*\n[ \t]{0,3}(?P<toc>\{:[ \t]*toc\b[^{}\n]*\})"
    r"|^\{::comment\}(?:(?!^\{::comment\})[\s\S])*?^\{:/(?:comment)?\}"
    r"|^\{:(?::(?:nomarkdown|options)\b|/)[^{}\n]*\}(?=[ \t]*$)",
    re.M,
)


def without_kramdown(text: str) -> str:
    """Return a body without the braces that only Kramdown and Hugo read. Lines stay."""
    if "{:" in text:
        text = _BLOCKS.sub(_block, text)
    if "{:" in text or "{." in text or "{#" in text or "){" in text:
        text = _ATTRIBUTES.sub(
            lambda found: found[0] if found["fence"] else found["link"] or "", text
        )
    return text


def _block(found: re.Match[str]) -> str:
    if found["fence"]:
        return found[0]
    return "[TOC]\n" if found["toc"] else "\n" * found[0].count("\n")
