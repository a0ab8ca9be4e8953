"""Parts of bodies: ids and links to them, code fences, addresses with spaces, characters that are
not allowed on pages.
"""

from __future__ import annotations

import html as html_lib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsgen.content.body.convert import render_body
from support import SmallSite

EXTENSIONS = ("extra", "sane_lists")
ENGINES = ("markdown", "commonmark")


def made(text: str, engine: str = "markdown") -> str:
    return render_body(text, engine, EXTENSIONS).html


def uncoloured(html: str) -> str:
    """Return HTML without the colours and the languages of code."""
    return re.sub(r'</?span[^>]*>| class="language-[^"]*"', "", html)


@pytest.mark.parametrize("engine", ENGINES)
def test_ids_are_unique_and_valid(engine: str) -> None:
    """The first element of a name keeps its id, others get a number; white space becomes a hyphen,
    and links lead to the first.
    """
    html = made(
        '<p id="a">1</p><p id="a">2</p><p id="a-2">3</p><p id=" b  c ">4</p><p '
        'id="b-c">5</p><p id=" ">6</p>\n'
        '<p><a href="#a">a</a> <a href="#a-2">a-2</a> <a href="#%20b%20%20c%20">b c</a> <a '
        'href="#b-c">b-c</a> <a href="#d e">d</a></p>',
        engine,
    )
    assert re.findall(r'id="([^"]*)"', html) == ["a", "a-2", "a-2-2", "b-c", "b-c-2"]
    assert re.findall(r'href="([^"]*)"', html) == ["#a", "#a-2-2", "#b-c", "#b-c-2", "#d%20e"]


@pytest.mark.parametrize("engine", ENGINES)
def test_ids_of_the_theme_are_its_own(engine: str) -> None:
    """A body's id with the theme's prefix gets another prefix, and links follow it."""
    html = made('<p id="theme-main">1</p>\n\n<a href="#theme-main">x</a>', engine)
    assert 'id="body-theme-main"' in html
    assert 'href="#body-theme-main"' in html


@pytest.mark.parametrize("engine", ENGINES)
def test_names_of_old_anchors_are_ids(engine: str) -> None:
    """`<a name>` becomes an id, or its links lead to the id beside it."""
    html = made(
        '<a name="here"></a> <a name="old place" id="new">x</a>\n\n<a href="#here">1</a> <a '
        'href="#old place">2</a>',
        engine,
    )
    assert re.findall(r'(?:id|href)="([^"]*)"', html) == ["here", "new", "#here", "#new"]


@given(
    st.lists(
        st.sampled_from(["a", "a-2", "b c", "b-c", "theme-main", "theme-", "A", "é"]), max_size=12
    )
)
def test_any_ids(names: list[str]) -> None:
    """Any ids of a body become unique, without white space and without the theme's prefix."""
    html = made("".join(f'<p id="{name}">x</p>\n' for name in names))
    found = re.findall(r'id="([^"]*)"', html)
    assert len(found) == len(set(found)) == len(names)
    assert not [name for name in found if re.search(r"\s", name) or name.startswith("theme-")]


def test_thousands_of_equal_ids_take_no_time() -> None:
    """Numbers continue from the last one given."""
    html = made('<p id="a">x</p>\n' * 5_000, "commonmark")
    assert html.count('id="a-5000"') == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_footnotes_with_spaces(engine: str) -> None:
    """A footnote whose name has a space gets an id without one, and the reference leads there."""
    html = made("a[^b c]\n\n[^b c]: M\n", engine)
    assert 'id="fn-b-c"' in html
    assert 'href="#fn-b-c"' in html


def test_a_page_has_each_id_once(site: SmallSite) -> None:
    """Links of a body whose headings have names of the theme's parts lead to its own headings."""
    corrections = [{"date": "2026-01-30", "text": "Two metres."}]
    site.article(
        "one",
        "## Main {#main}\n\n[x](#main)\n\n## Corrections {#corrections}\n",
        corrections=corrections,
    )
    site.build()
    page = site.page("/news/one/")
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert {"main", "corrections", "theme-main", "theme-corrections"} <= set(ids)
    assert 'href="#theme-main"' in page
    assert 'aria-labelledby="theme-corrections"' in page


@pytest.mark.parametrize(
    "info",
    [
        "python",
        'python title="a.py"',
        "js{1,3}",
        "jsx live",
        "{.python}",
        'c++ hl_lines="1 2"',
        "",
        "text: a, b",
    ],
)
@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_fence_is_a_fence_everywhere(info: str, fence: str) -> None:
    """Fences work with any info string, in lists and quotations, and text outside of them stays
    prose.
    """
    code = f"{fence}{info}\n<b>&amp; *x*\n{fence}"
    inner = code.replace("\n", "\n    ")
    shown = "&lt;b&gt;&amp;amp; *x*</code></pre>"
    for text in (
        code,
        f"1. Add\n\n    {inner}\n\n2. Done",
        "> " + code.replace("\n", "\n> "),
        f"- a\n    - b\n\n        {inner.replace('    ', ' ' * 8)}",
    ):
        html = uncoloured(made(f"{text}\n\nMore *prose*."))
        assert html.count("<pre>") == html.count(shown) == 1, html
        assert "<em>prose</em>" in html


@pytest.mark.parametrize(
    "text",
    [
        *(
            "````\n<b>\n``````",
            " ```\n <b>\n```",
            "   ~~~\n   <b>\n ~~~",
            "```\n<b>\n  ```",
            "~~~~  ruby startline=3 $%@#$\n<b>\n~~~~~~~",
        ),
        *(
            "> ```js{1,3}\n> <b>\n> `````",
            ">```\n><b>\n>```",
            "para\n```\n<b>\n```\npara",
            "``` a, b: c\n<b>\n```",
        ),
    ],
)
def test_fences_as_commonmark_has_them(text: str) -> None:
    """A closing line may be longer, both lines may be indented by up to three spaces, and an info
    string may be any text.
    """
    html = uncoloured(made(text))
    assert "<pre><code>&lt;b&gt;</code></pre>" in html
    assert "`" not in html


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("info", "language"),
    [("js{1,3}", "js"), ("go title=x", "go"), ("c++:a.cpp", "c++"), ("{.py}", ""), ('t="x"', "")],
)
def test_the_language_begins_an_info_string(engine: str, info: str, language: str) -> None:
    """With both engines, the first word of the info string marks the code's language."""
    found = re.findall('class="language-([^"]*)"', made(f"```{info}\nx = 1\n```", engine))
    assert found == ([language] if language else [])


def test_what_is_no_fence_stays() -> None:
    """A fence shown in indented code keeps all of its text, and text after a quotation does not
    close a fence in it.
    """
    assert '```js title="a"\nx\n```' in html_lib.unescape(
        made('para\n\n    ```js title="a"\n    x\n    ```')
    )
    assert "<p>after</p>" in made("> ```\n> x\n\nafter\n\n```\ny\n```")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- ```\n  <b>\n  ```\n- c", "<li>c</li>"),
        ("10. ~~~\n    <b>\n    ~~~\n\n11. c", '<ol start="10">'),
        ("1. a\n\n   ```\n   <b>\n   ```\n\n2. c", "<ol>"),
        ("```\n<b>", ""),
        ("> ```\n> <b>\n\nafter", "<p>after</p>"),
        ("- ```\n  <b>\n\nafter\n\n```\n*c*\n```", "<p>after</p>"),
    ],
)
def test_fences_of_list_items_and_unclosed_ones(engine: str, text: str, shown: str) -> None:
    """A fence may begin on the line of a list's mark, and an unclosed one ends with its list item,
    its quotation or the body.
    """
    html = made(text, engine)
    assert re.search(r"<pre><code>&lt;b&gt;\n*</code></pre>", html), html
    assert shown.replace("<li>c</li>", "c") in html
    assert "`" not in html
    assert "start=" not in html.replace('start="10"', "")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("written", "address"),
    [
        *(
            ("</my file.pdf>", "/my%20file.pdf"),
            ("<a b.html?c d#e f>", "a%20b.html?c%20d#e%20f"),
            ("</a|b>", "/a%7Cb"),
            ("/a%20b", "/a%20b"),
        ),
        *(
            ("<https://a.example/b c>", "https://a.example/b%20c"),
            ("<mailto:a@b.example?subject=c d>", "mailto:a@b.example?subject=c%20d"),
        ),
    ],
)
def test_addresses_hold_no_spaces(engine: str, written: str, address: str) -> None:
    """Spaces and other characters that are not allowed in a URL are percent-encoded."""
    assert f'href="{address}"' in made(f"[x]({written})", engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "reference",
    [
        "&#11;",
        "&#8;",
        "&#12;",
        "&#xB;",
        "&#xFFFF;",
        "&#xD800;",
        "&#xFDD0;",
        "&#x1FFFE;",
        "&#129;",
        "&#0;",
    ],
)
def test_references_to_no_character(engine: str, reference: str, site: SmallSite) -> None:
    """A reference to a character that XML does not allow is left out of text and attributes, so
    feeds stay XML; in code it is text.
    """
    site.settings(markdown={"engine": engine}, feeds={"full_text": True})
    site.article(
        "one",
        (
            f'a{reference} b\n\n![c{reference}](/d.png "e{reference}")\n\n`{reference}`\n\n<p '
            f'title="f{reference}">g{reference}</p>'
        ),
    )
    site.build()
    for name in ("feed.xml", "atom.xml"):
        text = etree.tostring(
            etree.fromstring((site.output / name).read_bytes()), encoding="unicode"
        )
        assert re.search("a\ufffd? b", text)  # CommonMark shows U+FFFD for an invalid character
    page = site.page("/news/one/")
    assert f"<code>{reference.replace('&', '&amp;')}</code>" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufdd0]", page)


def test_a_label_is_cut_between_characters() -> None:
    """The label of a wide table's box is cut before it is escaped, so it ends with a whole
    character.
    """
    for n in range(90, 105):
        label = re.findall(
            r'aria-label="([^"]*)"', made(f"| {'x' * n}& b | c |\n|---|---|\n| 1 | 2 |\n")
        )
        assert not re.search(r"&(?!amp;)|&amp;\w", label[0])
