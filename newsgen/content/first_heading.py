"""The first heading of a Markdown body, which may be or repeat the article's title."""

from __future__ import annotations

import re
from typing import Any

from newsgen.content.body.fences import FENCED

_OPENING = re.compile(r"(?:[ \t]*\n)*(?:#{1,6}[ \t]+([^\n]+)|([^\n]+)\n=+[ \t]*(?=\n|\Z))")
_LATER = re.compile(r"^(?:#{1,6}[ \t]+([^\n]+)|([^ \t\n][^\n]*)\n={3,}[ \t]*$)", re.M)
_MARKS = re.compile(r"[*_`]")
_TITLES = ("title", "headline", "name")


def without_opening(front: Any, body: str) -> tuple[Any, str]:
    """Return the front matter with a title, and the body without the heading that is the title.

    Without a title, the first heading of the body is the title. If the body begins with it, or with
    a heading that equals the title, the heading is left out. Its lines stay, as empty lines.
    """
    if not isinstance(front, dict):
        return front, body
    title = next((front[key] for key in _TITLES if front.get(key)), None)
    found = _OPENING.match(body)
    if not found:
        later = _LATER.search(FENCED.sub("", body)) if title is None and body else None
        return ({**front, "title": _words(later)} if later else front), body
    heading = _words(found)
    if heading and title is None:
        front = {**front, "title": heading}
    elif str(title).strip() != heading:
        return front, body
    return front, "\n" * found[0].count("\n") + body[found.end() :]


def _words(found: re.Match[str]) -> str:
    """Return the text of a heading without its marks."""
    return _MARKS.sub("", (found[1] or found[2]).strip().rstrip("#").strip())
