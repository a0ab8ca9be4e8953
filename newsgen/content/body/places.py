"""Where bodies name links and images, links that lead nowhere, and those that pages replace."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem

_ANCHOR = re.compile(r'(<a [^<>]*?href=")([^"]*)(?=")')


def relinked(body: str, links: Iterable[tuple[str, str]]) -> str:
    """Return sanitised HTML with these links, given as written and as they are on pages."""
    by_link = {html.escape(link): html.escape(to) for link, to in links}
    return (
        _ANCHOR.sub(lambda found: found[1] + by_link.get(found[2], found[2]), body)
        if by_link
        else body
    )


def find_in_body(file: Path, link: str, base: str) -> tuple[int, int]:
    """Return line and column of a link in its body, or (0, 0) if the file spells it differently."""
    try:
        text = frontmatter.decode(file.read_bytes()).text
        parts = frontmatter.split(text)
    except (OSError, FrontMatterError):
        return 0, 0
    body = len(text) - len(parts.body) if parts else 0
    short = link.removeprefix(base)
    for form in (link, short, unquote(link), unquote(short)):
        found = re.compile(rf"(?<![\w/.-]){re.escape(form)}(?![\w/?&=%-])").search(text, body)
        if found:
            return text.count("\n", 0, found.start()) + 1, found.start() - text.rfind(
                "\n", 0, found.start()
            )
    return 0, 0


def missing_links(missing: Iterable[tuple[str, str]], content: Path, base: str) -> list[Problem]:
    """Return the problems of links that lead nowhere, each given after the file that has it."""
    found = []
    for path, link in missing:
        line, column = find_in_body(content / path, link, base)
        what = "page" if link[:1] == "/" else "file"
        message = f"the link {link} leads to no {what} of the site"
        hint = "correct it, or add what it names"
        found.append(Problem("warning", "broken-link", message, "$", hint, path, line, column))
    return found
