"""The ids of a body, the links to them, and its table of contents. Pure."""

from __future__ import annotations

import html
import re
from urllib.parse import quote, unquote

from msgspec import Struct, field

THEME_IDS = "theme-"  # prefix of the ids of the theme's own elements
_WHITE = re.compile(r"\s+")
_FRAGMENT = "/:@!$&'()*+,;=~-._?"
_NOT_IN_SLUGS = re.compile(r"[^\w\s-]")
_ATTRIBUTES = re.compile(r"\s*\{:?\s*#([^\s{}#]+)[^{}]*\}\s*$")
_LONGEST_SLUG = 80


class Heading(Struct, frozen=True):
    """A heading of a body: its level, its id and its text as HTML."""

    level: int
    id: str
    label: str


class Ids(Struct):
    """The ids of a body: valid, unique, and none of the theme's.

    `given` maps the body's own names to ids. `counts` holds the number of requests for each id.
    """

    given: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def give(self, name: str) -> str:
        """Return the id for an element with this name, "" if it is empty.

        An id holds no white space (HTML Standard, section 3.2.6).
        """
        wanted = _WHITE.sub("-", name.strip())
        if wanted.startswith(THEME_IDS):
            wanted = f"body-{wanted}"
        if not wanted:
            return ""
        made = wanted
        while made in self.counts:
            self.counts[wanted] += 1
            made = f"{wanted}-{self.counts[wanted]}"
        self.counts[made] = 1
        self.given.setdefault(name, made)
        return made

    def link(self, href: str) -> str:
        """Return a link to `#name`, changed to the id of the first element with that name."""
        name = href[1:]
        found = self.given.get(name) or self.given.get(unquote(name))
        return f"#{quote(found, safe=_FRAGMENT)}" if found and found != unquote(name) else href


def slug(text: str) -> str:
    """Return the id for a heading with this text: its words in lower case, joined by hyphens.

    GitHub makes the same ids, apart from those of very long headings.
    """
    words = _NOT_IN_SLUGS.sub("", text.lower()).split()
    return "-".join(words)[:_LONGEST_SLUG].strip("-") or "section"


def named(text: str) -> tuple[str, str]:
    """Return the end of a heading without its `{#name}`, and the name, "" if there is none."""
    found = _ATTRIBUTES.search(text) if text.endswith("}") else None
    return (text[: found.start()], html.unescape(found[1])) if found else (text, "")


def contents(headings: list[Heading]) -> str:
    """Return a nested list of links to headings, "" if there are none."""
    out: list[str] = []
    levels: list[int] = []
    for heading in headings:
        while levels and levels[-1] > heading.level and len(levels) > 1:
            levels.pop()
            out.append("</li></ul>")
        if not levels or heading.level > levels[-1]:
            levels.append(heading.level)
            out.append("<ul><li>")
        else:
            out.append("</li><li>")
        address = quote(heading.id, safe=_FRAGMENT)
        out.append(f'<a href="#{html.escape(address)}">{heading.label}</a>')
    out.append("</li></ul>" * len(levels))
    return f'<div class="toc">{"".join(out)}</div>' if headings else ""
