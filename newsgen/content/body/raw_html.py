"""HTML in Markdown as Kramdown and Python-Markdown read it. Pure.

There, an element of HTML continues to its end tag. In CommonMark (0.31.2, section 4.6) it ends with
an empty line. Then indented lines after it become code, and an image alone on a line turns the
lines after it into HTML.
"""

from __future__ import annotations

import re

from newsgen.content.body.fences import FENCED, fenced_lines
from newsgen.core.patterns import lazily

_ELEMENT = lazily(
    r"<(/?)(?:article|aside|blockquote|center|details|div|figure|footer|header|main|ol|section"
    r"|table|ul)\b",
    re.I,
)
_TAG = lazily(r"</?[a-z]", re.I)
_INDENTS = ("    ", "\t")
_IMAGE_ALONE = lazily(
    rf"{FENCED.pattern}|^(?P<image> {{0,3}}<img\b[^<>\n]{{1,2000}}>)[ \t]*$(?=\n {{0,3}}[^\s<])",
    re.M | re.I,
)
_NOTHING = "<!---->"  # with a comment after it, an image begins a paragraph; pages have no comments


def whole_html(text: str) -> str:
    """Return a body whose HTML means the same in CommonMark. Lines stay."""
    if "<img" in text:
        text = _IMAGE_ALONE.sub(
            lambda found: f"{found['image']}{_NOTHING}" if found["image"] else found[0], text
        )
    if any(f"{indent}<" in text for indent in _INDENTS):
        text = _outdented(text)
    return text


def _outdented(text: str) -> str:
    """Return a body without the indentation of HTML that an open element encloses, or that follows
    such HTML.
    """
    lines, fenced = text.split("\n"), fenced_lines(text)
    depth, blank, within = 0, True, False
    for n, line in enumerate(lines):
        if n in fenced or not line.strip():
            blank = True
            continue
        if blank:
            indented = line.startswith(_INDENTS)
            within = indented and (depth > 0 or within) and bool(_TAG.match(line.lstrip()))
            if within:
                lines[n] = line.lstrip()
            is_html = within or (not indented and line.lstrip().startswith("<"))
        if is_html:
            for tag in _ELEMENT.finditer(line):
                depth = max(depth + (-1 if tag[1] else 1), 0)
        blank = False
    return "\n".join(lines)
