"""Positions of links in bodies, links that lead nowhere, and links that pages replace."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem

_ANCHOR = re.compile(r'(<a [^<>]*?href=")([^"]*)(?=")')

_LONGER_LEFT = re.compile(r"[\w/.-]")  # characters that continue a link
_LONGER = re.compile(r"[\w/?&=%-]")
_MOST_TRIES = 100


def relinked(body: str, links: Iterable[tuple[str, str]]) -> str:
    """Return sanitised HTML with links replaced. `links` are pairs: as written, and as on pages."""
    by_link = {html.escape(link): html.escape(to) for link, to in links}
    return (
        _ANCHOR.sub(lambda found: found[1] + by_link.get(found[2], found[2]), body)
        if by_link
        else body
    )


def find_in_body(file: Path, link: str, base: str) -> tuple[int, int]:
    """Return line and column of a link in its body, or (0, 0) if the file spells it differently."""
    try:
        info = file.stat()
        text, body = _text_and_body(file, info.st_mtime_ns, info.st_size)
    except (OSError, FrontMatterError):
        return 0, 0
    short = link.removeprefix(base)
    for form in (link, short, unquote(link), unquote(short)):
        at = _position(text, form, body)
        if at >= 0:
            return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return 0, 0


@lru_cache(1)  # a file may have thousands of such links
def _text_and_body(file: Path, mtime: int, size: int) -> tuple[str, int]:
    text = frontmatter.decode(file.read_bytes()).text
    parts = frontmatter.split(text)
    return text, len(text) - len(parts.body) if parts else 0


def _position(text: str, form: str, start: int) -> int:
    """Return the offset of a link that is not part of a longer word, -1 if there is none within a
    limited number of attempts.
    """
    at = start - 1
    for _ in range(_MOST_TRIES):
        at = text.find(form, at + 1)
        if at < 0 or not form:
            return -1
        if not (_LONGER_LEFT.match(text[at - 1 : at]) or _LONGER.match(text, at + len(form))):
            return at
    return -1


def missing_links(missing: Iterable[tuple[str, str]], content: Path, base: str) -> list[Problem]:
    """Return the problems of links that lead nowhere. Each link is given after its file."""
    found = []
    for path, link in missing:
        line, column = find_in_body(content / path, link, base)
        what = "page" if link[:1] == "/" else "file"
        message = f"the link {link} leads to no {what} of the site"
        hint = "correct it, or add what it names"
        found.append(Problem("warning", "broken-link", message, "$", hint, path, line, column))
    return found
