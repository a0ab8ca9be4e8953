"""The body: Markdown to HTML by the engine in the settings, made well-formed, then sanitised.

The sanitiser allows only a fixed list of elements and attributes. Nothing edits its output.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content.body.attributes import Context, RefusedAddress
from newsgen.content.body.containers import plain_boxes
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.engines import engine as make_engine
from newsgen.content.body.foreign_addresses import plain_addresses
from newsgen.content.body.kramdown import without_kramdown
from newsgen.content.body.markdown_cost import (
    definition_elements,
    markdown_cost,
    markdown_nesting,
    quotation_nesting,
    table_cells,
)
from newsgen.content.body.markup import well_formed
from newsgen.content.body.raw_html import whole_html
from newsgen.content.body.sanitiser import sanitiser
from newsgen.content.body.shortcodes import Shortcodes, put_aside
from newsgen.content.body.tagged_code import fenced_code, named_code
from newsgen.content.repair import drop_references
from newsgen.core.problems import Problem

# bidirectional embeddings, overrides and isolates (UAX 9, section 2), as `repair` removes them
_TURNS = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x2070))))
_NO_TURNS = dict.fromkeys(map(ord, _TURNS))
_ASCII = bytes(range(0x80))
_MOST_PROBLEMS = 20


class Body(Struct, frozen=True):
    """Safe HTML, and the addresses within the site that it links to.

    `turned` is true if characters that change the direction of text were removed. The lines of
    `problems` are those of the body. `above` is the HTML above the mark that ends the teaser.
    """

    html: str
    links: tuple[str, ...]
    turned: bool = False
    problems: tuple[Problem, ...] = ()
    above: str = ""


def render_body(
    text: str,
    engine: str,
    extensions: tuple[str, ...],
    language: str = "en",
    base: str = "",
    budgets: Budgets = DEFAULT,
    site: str = "",
    typography: bool = True,
    hosts: Hosts = Hosts(),  # noqa: B008 - immutable
) -> Body:
    """Return Markdown as safe HTML.

    `engine` is `markdown` (Python-Markdown) or `commonmark`. With `typography`, straight quotation
    marks become those of `language`. Links from the site's root begin with `base`, and links to the
    site's address, `site`, have no `rel`. `hosts` are those of players and media. Raises
    OverBudget, and UserError for an extension that cannot be used.
    """
    if not text.strip():
        return Body("", ())
    budgets.check("body", len(text))
    embeds = _without_dialects(text)
    if engine == "markdown":
        budgets.check("nesting", markdown_nesting(embeds.text))
        budgets.check("work", markdown_cost(embeds.text))
    elif engine == "commonmark":  # it takes quadratic time for them
        budgets.check("nesting", quotation_nesting(embeds.text))
        budgets.check("elements", definition_elements(embeds.text))
    budgets.check("elements", table_cells(embeds.text))
    convert = make_engine(engine, extensions)
    try:
        made = convert(embeds.text)
    except RecursionError:  # raised by Python-Markdown for hundreds of nested lists
        make_engine.cache_clear()  # the converter is unusable afterwards
        raise OverBudget("nesting", budgets.nesting) from None
    if "&" in text and "&#" in text:
        made = drop_references(made)
    context = Context(budgets, base, site, hosts, language if typography else "")
    markup = well_formed(made, embeds, context)
    made = markup.html if markup.clean else sanitiser(markup.highlighted).clean(markup.html)
    made = made.strip()
    budgets.check("output", len(made))
    turned = _has_turns(made)  # only now, because character references have just been decoded
    straight = made.translate(_NO_TURNS) if turned else made
    written = embeds.written or text
    problems = tuple([_refused(one, written, hosts) for one in markup.refused[:_MOST_PROBLEMS]])
    return Body(straight, markup.links, turned, problems)


def _without_dialects(text: str) -> Shortcodes:
    """Return a body's Markdown without the syntax of other tools, and its embeds. Nearly all such
    syntax has a brace. A search for one character takes a thirtieth of the time of searches for
    each beginning.
    """
    text = named_code(whole_html(text) if "<" in text else text)
    if "{" not in text:
        return put_aside(plain_addresses(plain_boxes(text)))
    plain = plain_addresses(plain_boxes(fenced_code(text)))
    return put_aside(without_kramdown(plain))


def _has_turns(made: str) -> bool:
    """Return whether HTML holds characters that change the direction of text.

    Only the bytes that are not ASCII are searched. That takes a third of the time of searching the
    HTML for each character, and a thirtieth of a pattern's.
    """
    if made.isascii():
        return False
    foreign = made.encode().translate(None, _ASCII).decode()
    return any(turn in foreign for turn in _TURNS)


def _refused(one: RefusedAddress, text: str, hosts: Hosts) -> Problem:
    """Return the problem with an embed that is unknown, or of a host that is not allowed."""
    embed = one.embed
    at = embed.at if embed else text.find(one.address) if one.address else -1
    at = max(at, 0)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    if embed and embed.tag and not one.address:
        message = f"the tag “{embed.name}” of a template language is left out; its text stays"
        hint = "write what it should show"
        return Problem("warning", "template-tag", message, hint=hint, line=line, column=column)
    if embed and not one.address:
        message = f"the embed “{embed.name}” is unknown; it is left out"
        return Problem(
            "warning", "unknown-embed", message, hint=embed.hint, line=line, column=column
        )
    try:
        host = (urlsplit(one.address).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    message = f"an embed of {host or 'no address'} is left out"
    if not host or host in hosts.players:
        hint = "give the video's number, or its address"
    else:
        hint = "add the host of a player to embeds.hosts, that of audio or video to embeds.media"
    return Problem("warning", "embed-left-out", message, hint=hint, line=line, column=column)
