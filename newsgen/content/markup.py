"""The HTML of a body as pages need it, made well-formed before it is sanitised.

The Markdown engines pass HTML in articles through. An HTML parser's repair of malformed HTML has no
bounded cost: it opens an unclosed formatting element again in each later block (HTML Standard,
section 13.2.4.3). Here each element ends inside its parent, unknown elements are dropped, and the
number and nesting of elements are limited. Safety does not depend on this module, because the
sanitiser runs on its output.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from msgspec import Struct, field

from newsgen.config.budgets import Budgets
from newsgen.content import urls
from newsgen.content.tokens import Token, tokens

_CELLS = frozenset({"td", "th", "caption"})
_ROWS = frozenset({"tr", "thead", "tbody", "tfoot"})
_TABLE = _CELLS | _ROWS | {"table"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({"br", "hr", "img"})
_BLOCKS = _HEADINGS | {
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dd",
        "dt",
        "fieldset",
        "figcaption",
    ),
    *(
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
    ),
    *("summary", "table", "ul"),
}
# The elements that a start tag closes, and those where the search for them ends (HTML Standard,
# section 13.1.2.4, "Optional tags").
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(_BLOCKS, (frozenset({"p"}), _TABLE)),
    **dict.fromkeys(_HEADINGS, (_HEADINGS | {"p"}, _BLOCKS - _HEADINGS - {"p"} | _TABLE)),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd", "p"}), _TABLE | {"dl"})),
    **dict.fromkeys(("thead", "tbody", "tfoot", "caption"), (_CELLS | _ROWS, frozenset({"table"}))),
    **dict.fromkeys(("td", "th"), (_CELLS, _ROWS | {"table"})),
    "li": (frozenset({"li", "p"}), _TABLE | {"ul", "ol"}),
    "tr": (_CELLS | {"tr"}, frozenset({"table"})),
    "a": (frozenset({"a"}), _TABLE),
}
_NO_ENDS: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
THEME_IDS = "theme-"  # prefix of the ids of the theme's own elements
_WHITE = re.compile(r"\s+")
_NAME = re.compile(r"[a-z][a-z-]*")
_ALIGN = re.compile(r"\s*text-align:\s*(left|center|right)\s*;?\s*", re.I)
_OURS = ("rel", "loading", "decoding", "tabindex", "aria-label")
_LONGEST_LABEL = 100


class _Table(Struct):
    """An open table.

    `box` is the position of its box's start tag. `heads` are the texts of the head cells in its
    first row so far. `in_head` is true while one of these is open.
    """

    box: int
    heads: list[str] = field(default_factory=list)
    in_head: bool = False
    labelled: bool = False


class _Ids(Struct):
    """The ids of a body: valid, unique, and none of the theme's.

    `given` maps the body's own names to ids. `counts` holds how often each id was wanted.
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


class _Writer(Struct):
    """Writes well-formed HTML from tokens.

    It writes only the elements in `allowed`. `base` is the site's path, `site` its address.
    """

    allowed: frozenset[str]
    budgets: Budgets
    base: str
    site: str
    out: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    headings: list[int] = field(default_factory=list)
    ids: _Ids = field(default_factory=lambda: _Ids())
    parts: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    elements: int = 0

    def text(self, text: str) -> None:
        """Write text as it is."""
        self.out.append(text)
        if self.tables and self.tables[-1].in_head:
            self.tables[-1].heads[-1] += html.unescape(text)[:_LONGEST_LABEL]

    def start(self, token: Token) -> None:
        """Write a start tag, after the end tags that it implies."""
        name = token.name
        closes, barriers = _CLOSES.get(name, _NO_ENDS)
        if closes:
            self.close(closes, barriers)
        if name not in self.allowed:
            return
        attributes = {
            key: value
            for key, value in token.attributes.items()
            if key not in _OURS and _NAME.fullmatch(key)
        }
        if name == "img":
            attributes = self.image(attributes)
            if not attributes:
                return
        elif attributes:
            attributes = self.adapted(name, attributes)
        if "id" in attributes or (name == "a" and "name" in attributes):
            attributes = self.identified(attributes)
        self.elements += 1
        self.budgets.check("elements", self.elements)
        if name == "table":
            self.tables.append(_Table(len(self.out)))
            self.out.append(_box(()))
        elif name == "th" and self.tables and not self.tables[-1].labelled:
            self.tables[-1].heads.append("")
            self.tables[-1].in_head = True
        elif name in _HEADINGS:
            self.headings.append(len(self.out))
        if "href" in attributes and attributes["href"].startswith("#"):
            self.parts.append((len(self.out), attributes))
        self.out.append(f"<{name}{_written(attributes)}>" if attributes else f"<{name}>")
        if name not in _VOID:
            self.stack.append(name)
            self.budgets.check("nesting", len(self.stack))

    def end(self, name: str) -> None:
        """Write an end tag, unless it closes no open element."""
        if name in _HEADINGS:
            self.close(_HEADINGS, _TABLE)
        else:
            self.close(
                frozenset({name}), frozenset({"table"}) - {name} if name in _TABLE else _TABLE
            )

    def close(self, names: frozenset[str], barriers: frozenset[str]) -> None:
        """Close the outermost open element with one of these names inside the innermost barrier."""
        stack = self.stack
        outermost = len(stack)
        for i in range(len(stack) - 1, -1, -1):
            if stack[i] in names:
                outermost = i
                if len(names) == 1:
                    break
            if stack[i] in barriers:
                break
        while len(stack) > outermost:
            self.pop()

    def pop(self) -> None:
        """Close the innermost open element."""
        name = self.stack.pop()
        if name in _HEADINGS:
            self.headings.append(len(self.out))
        self.out.append(f"</{name}>")
        if name == "table":
            self.label(self.tables.pop())
            self.out.append("</section>")
        elif name == "th" and self.tables:
            self.tables[-1].in_head = False
        elif name == "tr" and self.tables:
            self.label(self.tables[-1])

    def label(self, table: _Table) -> None:
        """Label the box of a table with the head cells of its first row."""
        if not table.labelled:
            table.labelled = True
            self.out[table.box] = _box(table.heads)

    def adapted(self, name: str, attributes: dict[str, str]) -> dict[str, str]:
        """Return an element's attributes with addresses resolved, and alignment as a class."""
        if name == "a" and "href" in attributes:
            link = urls.body_link(attributes.pop("href"))
            self.collect(link)
            rel = (
                {"rel": "external noopener"}
                if link.outside and not urls.own_path(link.url, self.site)
                else {}
            )
            return {**rel, "href": self.rooted(link.url), **attributes} if link.url else attributes
        if "cite" in attributes:
            attributes["cite"] = self.rooted(urls.body_link(attributes["cite"]).url)
        elif name in ("td", "th"):
            found = _ALIGN.fullmatch(attributes.pop("style", "")) or _ALIGN.fullmatch(
                "text-align:" + attributes.pop("align", "")
            )
            if found:
                attributes = {"class": found[1].lower(), **attributes}
        return attributes

    def identified(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the attributes with the id used on the page. Old HTML's `name` is an id too."""
        name = attributes.pop("name", "")
        made = self.ids.give(attributes.pop("id", "") or name)
        if made and name:
            self.ids.given.setdefault(name, made)
        return {**attributes, "id": made} if made else attributes

    def image(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the attributes of an image, none if it has no address that pages may show."""
        link = urls.body_image(attributes.pop("src", ""))
        self.collect(link)
        return (
            {"loading": "lazy", "decoding": "async", "src": self.rooted(link.url), **attributes}
            if link.url
            else {}
        )

    def collect(self, link: urls.Link) -> None:
        """Remember a link to another page or file of the site."""
        if link.within and not link.url.startswith("#"):
            self.links.setdefault(link.url)

    def rooted(self, url: str) -> str:
        """Return an address with the site's own path added, if it begins at the site's root."""
        return self.base + url if url.startswith("/") and not url.startswith("//") else url

    def finish(self) -> str:
        """Return the HTML with all elements closed.

        The page's own headline is its only h1. If the body has an h1, all its headings move down a
        level.
        """
        while self.stack:
            self.pop()
        for i, attributes in self.parts:
            self.out[i] = (
                f"<a{_written({**attributes, 'href': self.ids.link(attributes['href'])})}>"
            )
        if any(self.out[i].startswith("<h1") for i in self.headings):
            for i in self.headings:
                self.out[i] = _LEVEL.sub(
                    lambda found: f"{found[1]}{min(int(found[2]) + 1, 6)}", self.out[i], count=1
                )
        return "".join(self.out)


_FRAGMENT = "/:@!$&'()*+,;=~-._?"
_LEVEL = re.compile(r"(</?h)([1-6])")


def _written(attributes: Mapping[str, str]) -> str:
    return "".join([f' {name}="{html.escape(value)}"' for name, value in attributes.items()])


def _box(heads: list[str] | tuple[str, ...]) -> str:
    """Return the start tag of the box in which a wide table scrolls, also by keyboard."""
    name = ", ".join(filter(None, (" ".join(head.split()) for head in heads)))
    if len(name) > _LONGEST_LABEL:
        name = name[:_LONGEST_LABEL].rpartition(" ")[0].rstrip(",") or name[:_LONGEST_LABEL]
    label = f' aria-label="{html.escape(name)}"' if name else ""
    return f'<section class="scroll" tabindex="0"{label}>'


class Markup(Struct, frozen=True):
    """Well-formed HTML, and the addresses within the site that it links to, as written."""

    html: str
    links: tuple[str, ...]


def well_formed(
    text: str, allowed: frozenset[str], budgets: Budgets, base: str = "", site: str = ""
) -> Markup:
    """Return HTML of any quality as well-formed HTML with only the `allowed` elements.

    Links to sites other than `site` get their `rel`, images load lazily, each table gets a box, and
    addresses from the site's root begin with `base`. Raises OverBudget.
    """
    writer = _Writer(allowed, budgets, base, site)
    for token in tokens(text):
        if not token.name:
            writer.text(token.text)
        elif token.ends:
            writer.end(token.name)
        else:
            writer.start(token)
    return Markup(writer.finish(), tuple(writer.links))
