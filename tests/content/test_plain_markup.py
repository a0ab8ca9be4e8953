"""Bodies without HTML take a short way, which gives the same result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content.body.attributes import Attributes, Context
from newsgen.content.body.engines import engine as make_engine
from newsgen.content.body.markup import well_formed
from newsgen.content.body.plain_markup import plain_markup
from newsgen.content.body.sanitiser import sanitiser
from newsgen.content.body.shortcodes import Shortcodes

PIECES = [
    *(
        "a ",
        '"b" ',
        "it's ",
        "**c** ",
        "*d* ",
        '`e"` ',
        "[f](/g) ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
    ),
    *(
        '[h](https://i.example/ "t\'") ',
        "## ",
        "### x{#y}",
        "--",
        "...",
        "    ",
        '\\"',
        "~~",
        "***",
    ),
    *("  \n", "---\n", "https://j.example/ ", "[#](#k) ", "[l [m](/n) o](/p)", "{#z}", "&amp;"),
    *(
        "&quot;",
        "'",
        '("',
        "é",
        "[www.q.example](/r)",
        "[TOC]",
        "![s](/t.png)",
        "| u | v\n|-|-:\n",
        '| [w](/x) | "y" |\n',
        '### "1" *z*\n',
    ),
]
CONTEXT = Context(DEFAULT, language="en", site="https://s.example")


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.sampled_from(["commonmark", "markdown"]),
)
def test_both_ways_make_the_same(text: str, engine: str) -> None:
    """For any Markdown, the HTML and the links equal those of the long way, and the sanitiser would
    not change clean HTML.
    """
    made = make_engine(engine, ("extra",))(text)
    short = well_formed(made, Shortcodes(text), CONTEXT)
    long = well_formed(made, Shortcodes(f"<{text}"), CONTEXT)
    assert sanitiser().clean(short.html) == sanitiser().clean(long.html)
    assert short.links == long.links
    assert not short.clean or short.html == sanitiser().clean(short.html)


# Texts that an HTML parser or the sanitiser changes, or nearly so.
TAGS = [
    *(
        f"<{end}{name}>"
        for name in ["p", "em", "strong", "del", "code", "pre", "ul", "ol", "li"]
        for end in ("", "/")
    ),
    *("<blockquote>", "</blockquote>", "<h2>", "</h2>", "<h3>", "</h3>", "</a>", "<br />", "<hr>"),
    *("<table>", "</table>", "<tr>", "<td>", "</td>", "<pre>\n", "<pre><code>", "</code></pre>"),
    *(f'<a href="{url}">' for url in ("/b", "#c", "d.md", "//e.example/", "javascript:f")),
    *(
        f'<a href="https://{url}">'
        for url in ("g.example", "h.example/i?j&amp;k=l", "1.2", "0x7f.1", "xn--.example", "m.n:o")
    ),
    *("<p>q</p>", "<li>r</li>", "<ul>\n<li>", "</li>\n</ul>", "\n", "s", "&amp;", "&lt;", "&quot;"),
    *('"', "'", "&#39;", "&nbsp;", "\xa0", "\r", "\0", "\ufeff", "\x0c", ">", "<", "&copy", "{#t}"),
]


TABLE = [
    *("<p>u</p>\n<table>\n<thead>", "<tr>\n", "<th>", "v", "</th>", '<th align="right">', "</th>"),
    *("</tr>", "</thead>\n", "<tbody>", "<tr>", "<td>", "<em>", "w", "</em>", "</td>\n", "<td>"),
    *('<a href="/x">', "y", "</a>", "</td>", "</tr>\n", "</tbody>", "</table>", "<p>z</p>"),
]


def _with(changes: list[tuple[int, int, str]]) -> str:
    """Return a table with some pieces dropped and others added there."""
    pieces = list(TABLE)
    for at, dropped, added in changes:
        pieces[at : at + dropped] = [added]
    return "".join(pieces)


TABLES = st.lists(
    st.tuples(st.integers(0, len(TABLE)), st.integers(0, 2), st.sampled_from(["", *TAGS, *TABLE])),
    max_size=3,
).map(_with)


@given(st.lists(st.sampled_from(TAGS), max_size=12).map("".join) | TABLES)
def test_what_is_clean_is_what_the_sanitiser_makes(text: str) -> None:
    """For any output of an engine, the sanitiser does not change HTML that skips it."""
    made = well_formed(text, Shortcodes("x"), CONTEXT)
    assert not made.clean or made.html == sanitiser().clean(made.html)


def test_the_short_way_is_taken() -> None:
    """A body of paragraphs, lists, links, headings, quotations and tables takes the short way and
    skips the sanitiser; one with HTML does not.
    """
    text = '## A\n\nb *c* [d](/e/) "f"\n\n- g\n  - h\n\n> i  \n> j\n\n`k`\n\n```\nl\n```\n\n---\n'
    table = "\n|a|b|\n|-|-:|\n|1|[2](/m)|\n"
    for source, taken in ((text, True), (text + table, True), (f"{text}<b>x</b>", None)):
        made = make_engine("commonmark", ())(source)
        attributes = Attributes(CONTEXT, Shortcodes(source))
        plain = plain_markup(made, source, attributes, CONTEXT)
        assert (plain and plain.clean) is taken


@pytest.mark.parametrize(
    ("text", "budget"), [("a\n\n" * 30, "elements"), ("> " * 9 + "x", "nesting")]
)
def test_budgets_hold_on_the_short_way(text: str, budget: str) -> None:
    """The number and the nesting of elements are limited on the short way too."""
    context = Context(Budgets(elements=20, nesting=5))
    with pytest.raises(OverBudget, match=budget):
        well_formed(make_engine("commonmark", ())(text), Shortcodes(text), context)
