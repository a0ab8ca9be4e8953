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
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from newsgen.content.body.anchors import Heading, contents, named, slug
from newsgen.content.body.attributes import Attributes, Context, RefusedAddress, written
from newsgen.content.body.elements import (
    CLOSES,
    HEADINGS,
    MEDIA,
    NO_ENDS,
    PARAGRAPHS,
    TABLE,
    VERBATIM,
    VOID,
)
from newsgen.content.body.embeds import make_player
from newsgen.content.body.highlight import highlight
from newsgen.content.body.plain_markup import CONTENTS, plain_markup
from newsgen.content.body.sanitiser import ALLOWED
from newsgen.content.body.shortcodes import Shortcode, Shortcodes, embed_html
from newsgen.content.body.tables import BOX_END, LONGEST_LABEL, box
from newsgen.content.body.tokens import Token, tokens
from newsgen.content.body.typography import Typesetter

_TAG = re.compile("<[^>]*>")
_LANGUAGE = re.compile(r'<code class="language-([^"]*)"')
_LEVEL = re.compile(r"(</?h)([1-6])")


class _Table(Struct):
    """An open table.

    `box` is the position of its box's start tag. `heads` are the texts of the head cells in its
    first row so far. `in_head` is true while one of these is open.
    """

    box: int
    heads: list[str] = field(default_factory=list)
    in_head: bool = False
    labelled: bool = False


class _Writer(Struct):
    """Writes well-formed HTML from tokens.

    `stack` are the open elements, `starts` the positions of their start tags in `out`.
    """

    attributes: Attributes
    typesetter: Typesetter | None
    out: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)
    parts: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    contents: list[int] = field(default_factory=list)
    image: tuple[int, dict[str, str]] = (-1, {})
    escaped: bool = False
    elements: int = 0
    highlighted: int = 0

    def write(self, pieces: Iterable[Token]) -> None:
        """Write tokens."""
        for token in pieces:
            if not token.name:
                self.text(token.text)
            elif token.ends:
                self.end(token.name)
            else:
                self.start(token)

    def text(self, text: str) -> None:
        """Write text, with embeds in place of their placeholders."""
        if self.attributes.embeds.key and self.attributes.embeds.key in text:
            for n, part in enumerate(self.attributes.embeds.words.split(text)):
                if n % 2:
                    self.embedded(self.attributes.embeds.codes[int(part)])
                elif part:
                    self.plain(part)
        else:
            self.plain(text)

    def embedded(self, embed: Shortcode) -> None:
        """Write an embed. In code it is shown as written."""
        if embed.formula or not VERBATIM.isdisjoint(self.stack):
            before, self.escaped = self.escaped, True
            in_code = not VERBATIM.isdisjoint(self.stack)
            self.plain(html.escape(embed.source if in_code else embed.formula))
            self.escaped = before
            return
        made = embed_html(embed)
        if made is None:
            if not embed.follows:
                self.attributes.refused.append(RefusedAddress("", embed))
            return
        self.attributes.embed = embed
        self.write(tokens(made))
        self.attributes.embed = None

    def plain(self, text: str) -> None:
        """Write text as it is."""
        if self.typesetter and "sup" not in self.stack:  # typography skips footnote numbers
            fixed = self.escaped or not VERBATIM.isdisjoint(self.stack)
            self.typesetter.add(len(self.out), fixed)
        self.out.append(text)
        if self.tables and self.tables[-1].in_head:
            self.tables[-1].heads[-1] += html.unescape(text)[:LONGEST_LABEL]

    def start(self, token: Token) -> None:
        """Write a start tag, after the end tags that it implies."""
        name = token.name
        closes, barriers = CLOSES.get(name, NO_ENDS)
        if not closes.isdisjoint(self.stack):
            self.close(closes, barriers)
        if name == "iframe":
            self.player(token.attributes)
            return
        if name not in ALLOWED:
            return
        if name == "span" and "data-escaped-char" in token.attributes:
            self.escaped = True
            return
        attributes = self.attributes.of(name, token.attributes, self.stack)
        if attributes is None:
            return
        self.budget()
        self.paragraph(name)
        if name == "table":
            self.tables.append(_Table(len(self.out)))
            self.out.append(box(()))
        elif name == "th" and self.tables and not self.tables[-1].labelled:
            self.tables[-1].heads.append("")
            self.tables[-1].in_head = True
        elif name == "img":
            self.image = (len(self.out), attributes)
        if "href" in attributes and attributes["href"].startswith("#"):
            self.parts.append((len(self.out), attributes))
        if name not in VOID:
            self.stack.append(name)
            self.starts.append(len(self.out))
            self.attributes.context.budgets.check("nesting", len(self.stack))
        self.out.append(f"<{name}{written(attributes)}>" if attributes else f"<{name}>")

    def budget(self, elements: int = 1) -> None:
        """Count elements. Raises OverBudget."""
        self.elements += elements
        self.attributes.context.budgets.check("elements", self.elements)

    def paragraph(self, name: str) -> None:
        """Pass an element to typography: it ends a paragraph, or is inside one."""
        if not self.typesetter:
            return
        if name in PARAGRAPHS:
            self.typesetter.end(self.out)
        elif name in ("br", "img"):
            self.typesetter.add_element(name)

    def end(self, name: str) -> None:
        """Write an end tag, unless it closes no open element."""
        if self.escaped and name == "span":
            self.escaped = False
        elif self.stack and self.stack[-1] == name:
            self.pop()
        elif name in HEADINGS:
            self.close(HEADINGS, TABLE)
        else:
            barriers = frozenset({"table"}) - {name} if name in TABLE else TABLE
            self.close(frozenset({name}), barriers)

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
        name, start = self.stack.pop(), self.starts.pop()
        if self.typesetter and name in PARAGRAPHS:
            self.typesetter.end(self.out)
        if name == "p" and self.alone(start):
            return
        if name in HEADINGS:
            self.heading(start)
        elif name == "pre":
            self.code(start)
        elif name in MEDIA and not any("src=" in tag for tag in self.out[start:]):
            self.out[start] = ""
            return
        self.out.append(f"</{name}>")
        if name == "table":
            table = self.tables.pop()
            self.label(table)
            self.out.append(BOX_END)
        elif name == "th" and self.tables:
            self.tables[-1].in_head = False
        elif name in ("tr", "thead", "tbody") and self.tables and self.tables[-1].heads:
            self.label(self.tables[-1])

    def label(self, table: _Table) -> None:
        """Name a table's box by the cells of its head."""
        if not table.labelled:
            table.labelled = True
            self.out[table.box] = box(table.heads)

    def alone(self, start: int) -> bool:
        """Return whether a paragraph is replaced: an empty one, an image with a title, `[TOC]`."""
        inner = len(self.out) - start - 1
        if inner > 1 or self.out[start] != "<p>":
            return False
        if not inner:
            self.out.pop()
            return True
        at, attributes = self.image
        if at == start + 1 and "title" in attributes and attributes["title"].strip():
            rest = {key: value for key, value in attributes.items() if key != "title"}
            self.budget()
            self.out[start] = "<figure>"
            self.out[at] = f"<img{written(rest)}>"
            self.out.append("<figcaption>")
            self.plain(html.escape(attributes["title"], quote=False))
            self.paragraph("figure")
            self.out.append("</figcaption></figure>")
            return True
        if self.out[-1] in CONTENTS:
            self.out[start:] = [""]
            self.contents.append(start)
            return True
        return False

    def heading(self, start: int) -> None:
        """Give a heading its id: the one it names, else one made from its text."""
        tag = self.out[start]
        self.headings += [(start, len(self.out))]
        if " id=" in tag:
            return
        self.out[-1], name = named(self.out[-1]) if len(self.out) > start + 1 else (tag, "")
        words = html.unescape(_TAG.sub("", "".join(self.out[start + 1 :])))
        made = self.attributes.ids.give(name or slug(words))
        self.out[start] = f'{self.out[start][:-1]} id="{html.escape(made)}">'

    def code(self, start: int) -> None:
        """Highlight a block of code whose language is known, within the budget."""
        found = _LANGUAGE.search(self.out[start + 1]) if len(self.out) > start + 1 else None
        body = self.out[start + 2 : -1]
        text = "".join(body)
        size = self.highlighted + len(text)
        if not found or any(part.startswith("<") for part in body):
            return
        if size > self.attributes.context.budgets.highlight:
            return
        self.highlighted = size
        made = highlight(html.unescape(text), found[1])
        spans = made.count("<span")
        if spans and self.elements + spans <= self.attributes.context.budgets.elements:
            self.elements += spans
            self.out[start + 2 : -1] = [made]

    def player(self, attributes: Mapping[str, str]) -> None:
        """Write the player of an iframe, if its host is allowed. It loads when a reader clicks."""
        address = dict(attributes).pop("src", "").strip()
        player = make_player(
            f"https:{address}" if address[:2] == "//" else address,
            self.attributes.context.hosts.players,
        )
        if not player:
            self.attributes.refuse(address)
            return
        self.close(frozenset({"p"}), TABLE)
        self.paragraph("figure")
        title = " ".join(attributes["title"].split()) if "title" in attributes else ""
        link = {
            "class": "play",
            "href": player.link,
            "data-player": player.url,
            "rel": "external noopener",
        }
        self.budget(3)
        words = f"{html.escape(title or player.name)}<small>{html.escape(player.host)}</small>"
        self.out.append(f'<figure class="embed"><a{written(link)}>{words}</a></figure>')

    def finish(self) -> str:
        """Return the HTML with all elements closed.

        The page's own headline is its only h1. If the body has an h1, all its headings move down a
        level.
        """
        while self.stack:
            self.pop()
        if self.typesetter:
            self.typesetter.end(self.out)
        for i, attributes in self.parts:
            link = {**attributes, "href": self.attributes.ids.link(attributes["href"])}
            self.out[i] = f"<a{written(link)}>"
        if any(self.out[start].startswith("<h1") for start, _ in self.headings):
            for pair in self.headings:
                for i in pair:
                    self.out[i] = _LEVEL.sub(_lowered, self.out[i], count=1)
        for i in self.contents[:1]:  # a second table would only add to the page
            made = contents([self.listed(*pair) for pair in self.headings])
            self.budget(made.count("<"))
            self.out[i] = made
        return "".join(self.out)

    def listed(self, start: int, end: int) -> Heading:
        """Return a heading as the table of contents has it."""
        tag = self.out[start]
        name = html.unescape(tag.partition(' id="')[2].partition('"')[0])
        return Heading(int(tag[2]), name, _TAG.sub("", "".join(self.out[start + 1 : end])))


def _lowered(found: re.Match[str]) -> str:
    return f"{found[1]}{min(int(found[2]) + 1, 6)}"


class Markup(Struct, frozen=True):
    """Well-formed HTML, and the addresses within the site that it links to, as written.

    `refused` are the embeds that are left out. `highlighted` is true if a block of code names its
    language, `clean` if the sanitiser would surely not change the HTML.
    """

    html: str
    links: tuple[str, ...]
    refused: tuple[RefusedAddress, ...] = ()
    highlighted: bool = False
    clean: bool = False


def well_formed(text: str, embeds: Shortcodes, context: Context) -> Markup:
    """Return HTML of any quality as well-formed HTML with only the allowed elements.

    Links to other sites get their `rel`, images load lazily, each table gets a box, headings get
    ids, and marks of `context.language` replace straight ones. Raises OverBudget.
    """
    attributes = Attributes(context, embeds)
    if not embeds.key:
        plain = plain_markup(text, embeds.text, attributes, context)
        if plain is not None:
            return Markup(plain.html, tuple(attributes.links), clean=plain.clean)
    typesetter = Typesetter(context.language) if context.language else None
    writer = _Writer(attributes, typesetter)
    writer.write(tokens(text))
    made = writer.finish()
    return Markup(
        made, tuple(attributes.links), tuple(attributes.refused), 'class="language-' in made
    )
