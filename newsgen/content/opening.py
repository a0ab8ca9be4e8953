"""The heading that a Markdown body begins with, which may be or repeat the article's title."""

from __future__ import annotations

import re
from typing import Any

_OPENING = re.compile(r"(?:[ \t]*\n)*(?:#[ \t]+([^\n]+)|([^\n]+)\n=+[ \t]*(?=\n|\Z))")
_MARKS = re.compile(r"[*_`]")


def without_opening(front: Any, body: str) -> tuple[Any, str]:
    """Return the front matter with a title, and the body without the heading that is the title.

    A first-level heading at the beginning of the body is the title if there is none, and is left
    out if it equals the title. Its lines stay, as empty lines.
    """
    if not isinstance(front, dict) or not (found := _OPENING.match(body)):
        return front, body
    heading = _MARKS.sub("", (found[1] or found[2]).strip().rstrip("#").strip())
    title = next((front[key] for key in ("title", "headline", "name") if front.get(key)), None)
    if heading and title is None:
        front = {**front, "title": heading}
    elif str(title).strip() != heading:
        return front, body
    return front, "\n" * found[0].count("\n") + body[found.end() :]
