"""Each extension and embed has its row in docs/bodies.md, and works with both engines."""

from __future__ import annotations

import html
import re

import pytest

from newsgen.content.body.convert import Body, render_body
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.highlight import highlight
from newsgen.content.body.shortcodes import EMBEDS
from newsgen.content.loader import Options, load_article
from support import ROOT, SmallSite

both = pytest.mark.parametrize("engine", ["commonmark", "markdown"])
HOSTS = Hosts(("youtube.com", "vimeo.com"), ("media.example",))
YOUTUBE = 'data-player="https://www.youtube-nocookie.com/embed/abc"'
EXTENSIONS = {
    "heading ids": ("## High *tide*", '<h2 id="high-tide">High <em>tide</em></h2>'),
    "own ids": ("## High tide {#tide .x}", '<h2 id="tide">High tide</h2>'),
    "table of contents": ("[TOC]\n\n## A", '<div class="toc"><ul><li><a href="#a">A</a></li></ul>'),
    "tables": ("|a|b|\n|---|--:|\n|1|2|", '<td class="right">2</td>'),
    "task lists": (
        "- [x] done",
        '<li><input type="checkbox" disabled="" aria-label="☑" checked="">',
    ),
    "strikethrough": ("~~no~~", "<del>no</del>"),
    "autolinks": ("see https://a.example/.", 'href="https://a.example/">https://a.example/</a>.'),
    "alerts": ("> [!NOTE]\n> x", '<div class="alert alert-note">\n<p class="alert-title">Note</p>'),
    "footnotes": ("word[^1]\n\n[^1]: text", 'href="#fnref-1" class="footnote-backref"'),
    "definition lists": ("term\n: meaning", "<dt>term</dt>\n<dd>meaning</dd>"),
    "typography": ('"a" -- b... \\"c\\" `"`', '<p>“a” – b… "c" <code>"</code></p>'),
    "formulas": (
        'a $$x_1*y_2*"$$ \\\\(b_i \\ne c\\\\) $5 `$$z$$` $d^2*e*$ $\\pi$ \\[f\\_g = 1\\]',
        '<p>a $$x_1*y_2*"$$ \\(b_i \\ne c\\) $5 <code>$$z$$</code> $d^2*e*$ $\\pi$ [f_g = 1]</p>',
    ),
    "emoji": ("up :rocket: `:rocket:` 10:30:45", "<p>up 🚀 <code>:rocket:</code> 10:30:45</p>"),
    "code": ("```python\nx = 1\n```", '<code class="language-python"><span class="hl-n">x</span>'),
    "figures": ('![b](/a.png "C")', 'alt="b"><figcaption>C</figcaption></figure>'),
    "ruby, `bdi`, `wbr`, `figure`, `details`": (
        "<ruby>漢<rt>kan</rt></ruby> <bdi>a</bdi> b<wbr>c",
        "<p><ruby>漢<rt>kan</rt></ruby> <bdi>a</bdi> b<wbr>c</p>",
    ),
    "audio and video": (
        '<audio src="/a.mp3" autoplay></audio>',
        '<audio controls="" preload="none" src="/a.mp3"></audio>',
    ),
}
SHORTCODES = {
    "alert": (
        '{{% notice warning "Flood" %}}\n\nIt *is*\n\n{{% /notice %}}',
        'alert-warning"><p class="alert-title">Flood</p>\n<p>It <em>is</em></p>\n</div>',
    ),
    "youtube": ("{{< youtube abc >}}", YOUTUBE),
    "vimeo": ("{% vimeo 12 %}", 'data-player="https://player.vimeo.com/video/12?dnt=1"'),
    "embed": ("{{< embed https://www.youtube.com/watch?v=abc >}}", YOUTUBE),
    "figure": (
        '{{< figure src="/a.png" alt="b" caption="C" >}}',
        'src="/a.png" alt="b"><figcaption>C</figcaption></figure>',
    ),
    "gallery": (
        "{{< gallery >}}\n![a](/a.png)\n{{< /gallery >}}",
        '<div class="gallery">\n<img loading="lazy" decoding="async" src="/a.png" alt="a">\n</div>',
    ),
    "audio": ("{{< audio /a.mp3 >}}", '<audio controls="" preload="none" src="/a.mp3"></audio>'),
    "video": ("{% video /a.mp4 %}", '<video controls="" preload="none" src="/a.mp4"></video>'),
    "quote": (
        '{{< quote author="Ann" >}}\n\nTo *be*\n\n{{< /quote >}}',
        "<p><cite>Ann</cite></p></blockquote>",
    ),
    "details": (
        '{{< details "More" >}}\n\nIt *is*\n\n{{< /details >}}',
        "<details><summary>More</summary>\n<p>It <em>is</em></p>\n</details>",
    ),
    "toc": ("{{< toc >}}\n\n## A", '<div class="toc">'),
    "gist": ("{% gist ann/1a %}", 'href="https://gist.github.com/ann/1a">gist.github.com/ann/1a<'),
    "tweet": ('{{< x user="ann" id="12" >}}', 'href="https://x.com/ann/status/12">'),
    "instagram": ("{{< instagram 1a >}}", 'href="https://www.instagram.com/p/1a">'),
}
# Texts in other tools' syntax, and the HTML that must be on the page.
MANNERS = {
    "HTML with empty lines": (
        "<div>\n  <div>\n\n    <p>a</p>\n\n\t<p>b</p></div>\n</div>",
        "<p>b</p></div>\n</div>",
    ),
    "HTML in a list": ("- a\n\n    <b>c</b>\n", "<p><b>c</b></p>"),
    "HTML as code": ("a `<div>`\n\n    <p>b</p>", "<pre><code>&lt;p&gt;b"),
    "an image above text": (
        '<img src="/a.png">\nA *b*\n```\n<img src="/c">\nd\n```',
        "A <em>b</em>",
    ),
    "a reference with attributes": ("[a]{:target=x}\n\n[a]: /b", '<a href="/b">a</a></p>'),
    "a note of Hexo": (
        "{% note info %}\na\n{% endnote %}\n\nb",
        '-note"><p class="alert-title">Note<',
    ),
    "a tip of Zola": ("{% tip() %}\na\n{% end %}", '<div class="alert alert-tip">'),
    "a note of Jekyll": ('{% include note.html content="a" %}\n\nb', "<p>a</p></div>\n<p>b</p>"),
    "wrappers": ("{{< rawhtml >}}<b>a</b>{{< /rawhtml >}}", "<b>a</b>"),
    "code of Pelican": (
        "a\n\n    :::python\n    b = 1\n\n    c = 2\n\nd",
        '<span class="hl-n">c</span> <span class="hl-o">=</span> <span class="hl-mi">2</span>',
    ),
    "contents": ("* TOC\n{:toc}\n\n## A {: .x}", '<a href="#a">A</a></li></ul></div>'),
    "a comment": ("a\n\n{::comment}\nhidden\n{:/comment}\n\nb", "<p>a</p>\n<p>b</p>"),
    "code": ("`a`{: .b} `{: .c}`", "<p><code>a</code> <code>{: .c}</code></p>"),
    "attributes": (
        '![a](/a.png "T"){width=9} [b](/b){.c} d(e){f=1}',
        'title="T"> <a href="/b">b</a> d(e){f=1}',
    ),
    "a container": (
        "a\n:::tip[Be *kind*]{x=1}\n\n```\n:::\n```\n:::\nb",
        'alert-tip">\n<p class="alert-title">Be kind</p>\n<pre><code>:::',
    ),
    "containers": (
        ":::: danger\na\n::: details B\nc\n:::\n::::",
        '>Caution</p>\n<p>a</p>\n<div class="alert alert-note">\n<p class="alert-title">B</p>',
    ),
    "no container": (":::\n\n::: a", "<p>:::</p>\n<p>::: a</p>"),
    "another container": ("::: wide T\nb\n:::", "<p><strong>T</strong>\nb</p>"),
    "an admonition": (
        '!!! note "T"\n    a\n\n    b\n',
        '<p class="alert-title">T</p>\n<p>a</p>\n<p>b',
    ),
    "MDX": ("a {/* b */}`{/* c */}`", "<p>a <code>{/* c */}</code></p>"),
    "code of Hexo": (
        "1. a\n\n   {% codeblock T lang:c %}\n   #include <b>\n   {% endcodeblock %}",
        'class="language-c"><span class="hl-cp">#include</span>',
    ),
    "a quotation of Hexo": (
        "{% blockquote Ann Day, Tides %}\na\n{% endblockquote %}\n\nb",
        "<p><cite>Ann Day, Tides</cite></p></blockquote>\n<p>b</p>",
    ),
    "images of Hexo": (
        "{% asset_img left /a.png 9 8 The gate %}\n\n{% image './b.png', 'B', '9vw' %}",
        'src="/a.png" alt="The gate"></figure>',
    ),
    "a link of Hexo": ("{% post_link tide The tide %}", '<a href="tide.md">The tide</a>'),
    "a video of Jekyll": ('{% include video id="abc" provider="youtube" %}', YOUTUBE),
    "a definition below a tag": ("[a]\n\n{% include JB/setup %}\n[a]: /b", '<a href="/b">a</a>'),
}


def made(text: str, engine: str) -> Body:
    return render_body(text, engine, ("extra", "sane_lists"), hosts=HOSTS)


def rows(title: str) -> list[str]:
    """Return the first column of a table in docs/bodies.md."""
    text = (ROOT / "docs/bodies.md").read_text("utf-8").partition(f"## {title}\n")[2]
    found = re.findall(r"^\| (.+?) \|", text.partition("\n## ")[0], re.M)
    return [name for name in found if name != "name"]


def test_each_has_a_row() -> None:
    """The tables of docs/bodies.md list the extensions tested here, and all embeds."""
    assert rows("Extensions") == list(EXTENSIONS)
    assert [name.strip("`") for name in rows("Embeds")] == list(SHORTCODES)
    assert sorted(SHORTCODES) == sorted(EMBEDS)


@both
@pytest.mark.parametrize("name", EXTENSIONS)
def test_extensions(engine: str, name: str) -> None:
    """The text of the row gives the HTML of the row."""
    text, shown = EXTENSIONS[name]
    assert shown in made(text, engine).html


@both
@pytest.mark.parametrize("name", SHORTCODES)
def test_embeds(engine: str, name: str) -> None:
    """An embed works alone in its paragraph, in a list and beside text, without a problem."""
    text, shown = SHORTCODES[name]
    body = made(text, engine)
    assert shown in body.html
    assert body.problems == ()
    assert "<p></p>" not in body.html


@both
def test_markdown_of_other_tools(engine: str) -> None:
    """Each is shown as the tool shows it, without a problem."""
    for name, (text, shown) in MANNERS.items():
        body = made(text, engine)
        assert shown in body.html, name
        assert body.problems == ()


@both
def test_what_only_another_tool_can_fill(engine: str) -> None:
    """Variables, imports and galleries in front matter are left out with a problem; in code they
    are shown.
    """
    text = "import T from 'x'\n\na {{ page.b }} {{ c.d }} `{{ site.e }}` {% include gallery %}\n\nf"
    body = made(f"{text}\n\n```\nimport T from 'x'\n```", engine)
    assert "<p>a  {{ c.d }} <code>{{ site.e }}</code> </p>\n<p>f</p>" in body.html
    assert body.html.count("import") == 1
    assert [(one.code, one.line) for one in body.problems] == [
        ("template-tag", 1),
        ("template-tag", 3),
        ("unknown-embed", 3),
    ]


@both
@pytest.mark.parametrize(
    "text",
    [
        '{% youtube "abc" %}',
        '{% include youtube.html id="abc" %}',
        "{{% youtube id=abc %}}",
        '<iframe width="9" src="//www.youtube.com/embed/abc?autoplay=1" onload="x"></iframe>',
        "- {{< youtube abc >}}",
    ],
)
def test_spellings_of_one_player(engine: str, text: str) -> None:
    """Hugo's, Jekyll's and HTML's spellings give the same player: a link without a frame."""
    html = made(text, engine).html
    assert html.count(YOUTUBE) == 1
    assert 'href="https://www.youtube.com/watch?v=abc"' in html
    assert "iframe" not in html
    assert "onload" not in html


@pytest.mark.parametrize(
    "attributes", ["{: .lead}", "{.lead}", "{#top .lead}", "{.lead} <!--more-->"]
)
@both
def test_attributes_of_other_tools_are_left_out(engine: str, attributes: str) -> None:
    """Attributes on a line below a paragraph are left out, and braces within a line stay."""
    body = made(f"One {{.x}} two\n{attributes}\n\n```\n{attributes}\n```", engine)
    assert "One {.x} two" in body.html
    assert body.html.count("lead") == 1  # in the code


@both
def test_an_unknown_embed_leaves_nothing(engine: str) -> None:
    """An unknown embed is a problem with its line and a hint. In code, and in Hugo's escaped form,
    it is text.
    """
    body = made("a\n\n  {{< youtub abc >}}\n\n`{{< youtub abc >}}` {{</* youtub abc */>}}", engine)
    assert body.html.count("youtub") == 2
    assert "<code>{{&lt; youtub abc &gt;}}</code> {{&lt; youtub abc &gt;}}" in body.html
    (problem,) = body.problems
    assert (problem.code, problem.line, problem.column) == ("unknown-embed", 3, 3)
    assert problem.hint == "did you mean youtube?"


@both
@pytest.mark.parametrize(
    "text",
    ["[a]({{< foo >}})", "![a]({% foo %})", '<a href="{{< foo >}}">a</a>', "[a](x/{{< foo >}})"],
)
def test_an_unknown_embed_is_no_address(engine: str, text: str) -> None:
    """A link or an image loses the address, with a problem that names the embed."""
    body = made(f"\n{text}", engine)
    assert "foo" not in body.html
    assert "7B" not in body.html
    assert body.links == ()
    assert [(one.code, one.line) for one in body.problems] == [("unknown-embed", 2)]


@both
def test_zola_spells_embeds_as_calls(engine: str) -> None:
    """A call is an embed, and one around text ends with `end`."""
    call = made('{{ youtube(id="abc", class="wide, left") }}', engine)
    assert YOUTUBE in call.html
    image = made('{{ resize_image(path="/a.png", width=8, op="fit_width") }}', engine)
    assert 'src="/a.png"' in image.html
    quote = made('{% quote(author="Ann") %}\nHigh *water*.\n{% end %}\n\n{{ foo(a=1) }}', engine)
    assert re.search(r"<blockquote>.*High.*<cite>Ann</cite></p></blockquote>", quote.html, re.S)
    assert [(one.code, one.line) for one in quote.problems] == [("unknown-embed", 5)]


@both
def test_tags_of_template_languages(engine: str) -> None:
    """The tag is left out with one problem, and its text stays; comments go, raw text is shown."""
    assert made("{% include JB/setup %}\nText", engine).problems == ()
    body = made(
        "a {% if x %}b{% else %}c{% endif %}\n\n{% comment %}\nhidden\n{% endcomment %}\n\n"
        "{% raw %}{% youtube abc %}{% endraw %} {%- assign y = 1 -%} "
        "`{% comment %}d{% endcomment %}`"
        "\n\n```\n{% raw %}{{ e }}{% endraw %}\n{% comment %}f{% endcomment %}\n```\n",
        engine,
    )
    text = html.unescape(re.sub("<[^>]*>", "", body.html))
    assert "a bc" in text
    assert "hidden" not in text
    assert "{% youtube abc %}" in text
    assert "{% comment %}d{% endcomment %}" in text
    assert "\n".join(["{{ e }}", "{% comment %}f{% endcomment %}"]) in text
    assert [(one.code, one.line) for one in body.problems] == [
        ("template-tag", 1),
        ("template-tag", 7),
    ]
    assert "“if”" in body.problems[0].message


@both
@pytest.mark.parametrize(
    "text",
    [
        '<iframe src="https://evil.example/x"></iframe>',
        "{{< embed https://evil.example/x >}}",
        '<video src="https://evil.example/x"></video>',
        '<audio><source src="https://evil.example/x"></audio>',
        "{{< youtube a.b >}}",
        '{{< youtube "><script>" >}}',
        "{{< embed javascript:alert(1) >}}",
        '<a data-player="https://evil.example/x" class="play" href="/x"></a>',
    ],
)
def test_other_hosts_are_refused(engine: str, text: str) -> None:
    """Embeds of a host that is not allowed are removed, and the problem names the line."""
    body = made(f"\n{text}", engine)
    assert "evil" not in body.html
    assert "data-player" not in body.html
    assert "script" not in body.html
    assert [p.line for p in body.problems] == ([] if text.startswith("<a ") else [2])


def test_media_of_allowed_hosts() -> None:
    """Media of a host in `embeds.media` can be played, in a `source` too."""
    html = made('<video><source src="https://media.example/a.mp4"></video>', "commonmark").html
    assert '<source src="https://media.example/a.mp4">' in html


@both
def test_typography_by_language(engine: str) -> None:
    """Marks are those of the language, across inline markup; code, addresses and options stay."""
    text = '"**a**" \'b\' `"c"` [d](/e "f") --help'
    html = render_body(text, engine, (), "de").html
    assert html == (
        '<p>„<strong>a</strong>“ ‚b‘ <code>"c"</code> <a href="/e" title="f">d</a> --help</p>'
    )
    straight = render_body('"a" -- b', engine, (), typography=False).html
    assert straight == '<p>"a" -- b</p>'


def test_code_is_highlighted_within_bounds() -> None:
    """Unknown languages, long lines and code over the budget stay plain, with their class."""
    line = "x = 1\n"
    assert highlight(line, "python").startswith("<span")
    assert highlight(line, "nonesuch") == highlight("x" * 500, "python") == ""
    for code, language in ((line, "nonesuch"), (line * 2_000, "python")):
        html = made(f"```{language}\n{code}```", "commonmark").html
        assert f'<pre><code class="language-{language}">x = 1\n' in html


def test_highlighted_pages_load_the_stylesheet(site: SmallSite) -> None:
    """Only a page with highlighted code loads the colours, and only one with a player the
    script.
    """
    site.article("one", body="```python\nx = 1\n```\n")
    site.article("two", body="{{< youtube abc >}}\n")
    site.build()
    one, two = site.page("/news/one/"), site.page("/news/two/")
    assert ("highlight." in one, "embed." in one) == (True, False)
    assert ("highlight." in two, "embed." in two) == (False, True)


def test_what_is_removed_is_reported() -> None:
    """`check` lists tags and attributes that are not allowed on pages, by line, and nothing in
    code.
    """
    body = (
        "ok <b>x</b> <https://a.example/> `<script>`\n\n```\n<script>\n```\n\n"
        '<script>x</script>\n\n<p onclick="x" id="a">x</p>\n'
    )
    data = f"---\ntitle: T\npublishedDateTime: 2026-01-30T08:00:00Z\n---\n{body}".encode()
    options = Options("UTC", "commonmark", (), repairs=True)
    found = [(p.line, p.message) for p in load_article(data, options).problems]
    assert found == [
        (11, "<script> is left out"),
        (13, "the attribute onclick of <p> is left out"),
    ]
