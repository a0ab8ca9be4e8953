"""Conventions of other tools: fields without a fence, the setting `fields`, pins and tags."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from content.reading import OPTIONS, load, load_bytes, placed, read
from newsgen.config.fields import FIELD_NAMES
from newsgen.config.settings import load_config
from newsgen.content.conventions import ALWAYS
from newsgen.content.schema import FIELDS
from newsgen.core.problems import UserError
from support import SmallSite

PELICAN = """\
Title: The tide gates: they hold
Date: 2026-01-30 08:00
Category:Ports
Tags: tides, gates,
    water
Authors: Ann Day, Bo Li
Summary: A text
    of two lines.
Secured: c2VjcmV0;c2VjcmV0
Status: published

The *gates* held.
"""
NIKOLA = """\
<!--
.. title: The tide gates: they hold
.. date: 2026-01-30 08:00:00 UTC
.. category: Ports
.. tags: tides, gates, water
.. secured: c2VjcmV0;c2VjcmV0
.. author: Ann Day, Bo Li
.. description: A text of two lines.
.. type: text

-->

The *gates* held.
"""
BARE = NIKOLA.replace("<!--\n", "").replace("-->\n", "")


# Pelican's HTML, with other elements between the fields on separate lines.
HTML = """\
<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The tide gates: they hold</title> <META content='2026-01-30 08:00' name="Date"/>
<meta name="category" content="Ports"><meta name=tags content="tides, gates,
  water">
<meta name="authors" content="Ann Day, Bo Li" />
<meta name="summary" content="A text of two lines.">
</head>
<body>The *gates* held.
"""


@pytest.mark.parametrize("text", [PELICAN, NIKOLA, BARE, HTML, PELICAN.replace("\n", "\r\n")])
def test_fields_without_a_fence(text: str) -> None:
    """Lines of fields give the same article as front matter, without `secured`."""
    loaded = load_bytes(text.encode())
    article = loaded.article
    assert article
    assert [problem.code for problem in loaded.problems if problem.severity != "repair"] == []
    assert article.title == "The tide gates: they hold"
    assert article.time.isoformat() == "2026-01-30T08:00:00+00:00"
    assert (article.category, article.tags) == ("Ports", ("tides", "gates", "water"))
    assert article.authors == ("Ann Day", "Bo Li")
    assert article.excerpt == "A text of two lines."
    assert article.body == "<p>The <em>gates</em> held.</p>"
    assert "c2Vj" not in repr(loaded)


def test_a_problem_in_a_line_has_its_place(site: SmallSite) -> None:
    """Line, column and source are those of the file."""
    site.write("content/a.md", PELICAN.replace("2026-01-30 08:00", "soon"))
    told = site.run("check").stdout
    assert "content/a.md:2:7" in told
    assert "Date: soon" in told


def test_a_head_of_html(tmp_path: Path) -> None:
    """Problems of a head have a line; it needs a date, and is not read with `secured` in any
    spelling.
    """
    wrong = HTML.replace("2026-01-30 08:00", "soon").encode()
    places = [(one.code, one.line) for one in placed(tmp_path, wrong) if one.severity == "error"]
    assert places == [("bad-date", 5)]
    for old, new in (("Date", "x"), ("category", "secured"), ("category", "s&#101;cured")):
        assert [one.code for one in load_bytes(HTML.replace(old, new).encode()).problems] == [
            "no-front-matter"
        ]


def test_fences_with_a_language() -> None:
    """TOML may be between lines `---` too; a program is refused and not run."""
    article = load_bytes(b"---toml\ntitle = 'T'\ndate = 2026-01-30\n---\nText.\n").article
    assert article
    assert (article.title, article.body) == ("T", "<p>Text.</p>")
    for text, says in (
        ("---toml\na = 1\n+++\n", "is not closed by a line with ---"),
        ("---js\n{}\n---\n", "is js, which newsgen does not run"),
    ):
        [problem] = load_bytes(text.encode()).problems
        assert (problem.severity, says in problem.message) == ("error", True)


@pytest.mark.parametrize("text", ["Hello: this is\n\nprose", "Title: x\nand prose\n", "Date\n\n"])
def test_prose_is_no_front_matter(text: str) -> None:
    """A text whose first line has a colon is reported, not read."""
    assert [problem.code for problem in load_bytes(text.encode()).problems] == ["no-front-matter"]


def test_the_setting_fields() -> None:
    """Other keys are read as fields. The field's own name wins."""
    options = structs.replace(OPTIONS, fields={"desk": "topics", "date": "updated"})
    front = b"---\ntitle: T\npublishedDateTime: 2026-01-30\ndate: 2026-01-31\ndesk: A, B\n---\n"
    article = load_bytes(front, options).article
    assert article
    assert article.topics == ("A", "B")
    assert article.updated
    article = load_bytes(front.replace(b"desk", b"topics: C\ndesk"), options).article
    assert article
    assert article.topics == ("C",)
    options = structs.replace(OPTIONS, fields={"desk_image": "excerpt"})
    article = load_bytes(front.replace(b"desk: A, B", b"desk_image: a.jpg"), options).article
    assert article
    assert (article.excerpt, article.images) == ("a.jpg", ())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"note": "secured"}, "never reads"),
        ({" Secured": "tags"}, "never reads"),
        ({"desk": "topic"}, "Did you mean topics?"),
        ({"topics": "tags"}, "the field topics itself"),
    ],
)
def test_a_wrong_setting_of_fields(fields: dict[str, str], says: str, site: SmallSite) -> None:
    """`secured`, an unknown field and a field's own name are errors."""
    site.settings(fields=fields)
    with pytest.raises(UserError) as error:
        site.build()
    assert says.lower() in f"{error.value.problem.message} {error.value.problem.hint}".lower()
    assert error.value.problem.line


def test_fields_in_settings_are_those_declared() -> None:
    """The setting accepts each field of an article, but not `secured`."""
    assert set(FIELD_NAMES) == FIELDS - {"secured"}


@pytest.mark.parametrize(
    ("front", "pinned"),
    [("sticky: true", True), ("featured: yes", True), ("pinned: false", False), ("a: 1", False)],
)
def test_pins(front: str, pinned: bool) -> None:
    """A pin without an end holds until it is removed; a pin with an end ends then."""
    assert read(front).pin_until == (ALWAYS if pinned else None)
    assert read(f"{front}\npin_until: 2026-01-30").pin_until != ALWAYS


def test_a_pinned_story_leads_the_front_page(site: SmallSite) -> None:
    """A pin without an end leads the front page and makes no change due."""
    site.article("old", publishedDateTime="2025-01-30", featured=True)
    site.article("new", heat=100)
    assert site.build().due is None or site.build().due.year == 2026  # type: ignore[union-attr]
    page = site.page("/")
    assert page.index("Story old") < page.index("Story new")


def test_tags_that_sort_posts_are_no_tags() -> None:
    """Eleventy's collections and Ghost's internal tags are left out."""
    assert read("tags: [posts, tides, '#hidden']").tags == ("tides",)
    assert read("tags: post").tags == ()


def test_types_of_other_tools() -> None:
    """A post is an article, and an unknown type is reported."""
    assert load("title: T\ndate: 2026-01-30\ntype: post").problems[-1].code == "alias"


def test_extensions_of_the_other_engine_are_reported(site: SmallSite) -> None:
    """Python-Markdown's extensions without its engine have no effect, which is reported once."""
    site.settings(markdown={"extensions": ["toc"]})
    found = [one for one in load_config(site.root).problems if one.code == "unused-setting"]
    assert [(one.file, one.line) for one in found] == [("newsgen.yaml", 5)]
    site.settings(markdown={"engine": "markdown", "extensions": ["toc"]})
    assert load_config(site.root).problems == ()
