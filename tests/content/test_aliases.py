"""Names that other tools give to fields."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from content.reading import load, load_bytes, placed
from newsgen.content.aliases import ALIASES
from newsgen.content.clock import Clock
from newsgen.content.derive import meta_of
from newsgen.content.loader import Options, load_article
from newsgen.content.visibility import visibility
from support import AS_OF, ROOT, SmallSite

VALUES: dict[str, Any] = {
    "publishedDateTime": "2026-01-30",
    "updated": "2026-01-31",
    "expires": "2099-01-01",
    "language": "de",
    "webUrl": "https://paper.example/a",
    "aliases": "/old/",
    "images": "/a.jpg",
    "gallery": "[/a.jpg]",
}
REQUIRED = {"title": "T", "publishedDateTime": "2026-01-30"}


def front(fields: dict[str, Any]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


@pytest.mark.parametrize(("alias", "field"), ALIASES.items())
def test_an_alias_is_read_as_its_field(alias: str, field: str) -> None:
    """The Article is the same, and the alias is noted with its own path."""
    value = VALUES.get(alias) or VALUES.get(field, "Word")
    usual = load(front({**REQUIRED, field: value}))
    fields = {key: text for key, text in REQUIRED.items() if key != field}
    found = load(front({**fields, alias: value}))
    assert found.article == usual.article
    assert found.article
    assert [(one.code, one.field) for one in found.problems] == [("alias", f"$.{alias}")]


def test_every_alias_is_documented() -> None:
    """docs/aliases.md has a row for each alias with its field and origin, in their order."""
    text = (ROOT / "docs/aliases.md").read_text("utf-8")
    assert re.findall(r"(?m)^\| `([\w-]+)` \| `(\w+)` \| [^|]+ \|$", text) == list(ALIASES.items())


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("headline: T", []),
        ("headline: Other", [("alias-conflict", "$.headline")]),
        ("description: a\nsummary: b", [("alias", "$.summary")]),
        ("tags: [a]\nkeywords: b", []),
    ],
)
def test_the_fields_own_name_wins(extra: str, code: list[tuple[str, str]]) -> None:
    """A field's own name wins over an alias, which is reported if its value differs."""
    found = load(front(REQUIRED) + extra)
    assert found.article
    assert found.article.title == "T"
    assert [(one.code, one.field) for one in found.problems] == code


def test_problems_have_the_path_as_written() -> None:
    """A problem with a renamed field names the key in the file."""
    found = load("title: T\ndate: soon\n")
    assert [(one.code, one.field) for one in found.problems if one.severity == "error"] == [
        ("bad-date", "$.date")
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("author: Ann Day, Ben Sky", ("Ann Day", "Ben Sky")),
        ("authors: [Ann Day, Ben Sky]", ("Ann Day", "Ben Sky")),
        ("author: {name: Ann Day, email: a@b.example}", ("Ann Day",)),
        ("authors:\n- name: Ann Day\n- Ben Sky", ("Ann Day", "Ben Sky")),
        ("author: {display_name: Ann Day, login: ann}", ("Ann Day",)),
        ("extra: {author: Ann Day}", ("Ann Day",)),
        ("author: '[Ann Day](https://a.example/), Ben Sky <b@b.example>'", ("Ann Day", "Ben Sky")),
        ("authors: [[Ann Day], Ben Sky]", ("Ann Day", "Ben Sky")),
        (
            "author: 'Ann Day, Chief Editor, Ben Sky, Jr.'",
            ("Ann Day, Chief Editor", "Ben Sky, Jr."),
        ),
        ("author: Editor, Ann Day", ("Editor", "Ann Day")),
        ("taxonomies: {author: [Ann Day]}", ("Ann Day",)),
    ],
)
def test_authors_in_any_form(text: str, names: tuple[str, ...]) -> None:
    """Authors are text with commas, a list, or mappings with a name."""
    article = load(front(REQUIRED) + text).article
    assert article
    assert article.authors == names


@pytest.mark.parametrize(
    "text",
    [
        "image: /a.jpg",
        "cover: {src: /a.jpg}",
        "cover: {image: /a.jpg, caption: Tide}",
        "thumbnail: {path: /a.jpg, alt: Tide}",
        "featured_image: [{url: /a.jpg, title: Tide}]",
        "Feature-Image: /a.jpg\nfeature_image_alt: Tide",
        "cover: {image: /a.jpg, caption: '[Tide](https://a.example/)'}",
        "image: /img/\ngallery: [{src: /a.jpg, alt: Tide}]",
        "image: /a.jpg\ngallery: [/b.jpg]",
        "authorImage: /b.jpg\nicon: /c.jpg\nexcerpt_image: /a.jpg\npage_image: /d.jpg",
        "excerpt_image: /b.jpg\nimage: /a.jpg",
        "images: /a.jpg\ngallery: trip",
        "cover: false\nimage: '#fff'\nheroImage: /a.jpg\nheroImageCaption: <b>Tide</b>",
    ],
)
def test_images_in_any_form(text: str) -> None:
    """An image is an address or a mapping, with the keys of other tools."""
    article = load(front(REQUIRED) + text).article
    assert article
    assert [image.url for image in article.images] == ["/a.jpg"]
    [image] = article.images
    assert (image.alt or image.title) == ("Tide" if "Tide" in text else "")


def test_zolas_taxonomies() -> None:
    """The terms in the table `taxonomies` of TOML are topics, tags and authors."""
    text = """+++
title = "T"
date = 2026-01-30
[taxonomies]
categories = ["Ports"]
tags = ["a", "b"]
[extra]
colour = "red"
+++
"""
    article = load_bytes(text.encode()).article
    assert article
    assert (article.topics, article.tags) == (("Ports",), ("a", "b"))
    assert article.extra["extra"] == {"colour": "red"}


@pytest.mark.parametrize(
    ("path", "fields", "shown"),
    [
        ("_posts/2026-01-03-tide.md", "", "2026-01-03"),
        ("2026/01/04/tide.md", "", "2026-01-04"),
        ("2026-1-5-tide.md", "", "2026-01-05"),
        ("2026-01-05-tide.md", "date: 2026-01-06\n", "2026-01-06"),
        ("2026-01-05-tide.md", "publishedDateTime: 2026-01-07\n", "2026-01-07"),
    ],
)
def test_the_date_of_a_path(site: SmallSite, path: str, fields: str, shown: str) -> None:
    """The path gives the date if the file has none, also after the file was renamed."""
    first = site.write("content/2026-01-02-tide.md", f"---\ntitle: Tide\n{fields}---\n")
    site.build()
    text = first.read_text()
    first.unlink()
    site.write(f"content/{path}", text)
    assert not [one for one in site.build().problems if one.severity == "error"]
    assert f'datetime="{shown}' in site.page(f"/news/{path.rpartition('/')[2][:-3]}/")


def test_drafts_and_words(site: SmallSite) -> None:
    """An article below `_drafts` is withheld; below `_posts` words are separate topics."""
    text = "---\ntitle: Tide\ncategories: ports tides\n---\n"
    site.write("content/_drafts/2026-01-03-hidden.md", text + "Not yet.")
    site.write("content/_posts/2026-01-03-tide.md", text)
    site.build()
    assert not [path for path, data in site.tree().items() if b"Not yet" in data]
    assert {"topics/ports/index.html", "topics/tides/index.html"} <= site.tree().keys()


def test_other_keys_stay_in_extra() -> None:
    """An alias that was read is not in extra, and one that was not is."""
    article = load(front(REQUIRED) + "summary: a\ndescription: b\n").article
    assert article
    assert article == structs.replace(article, excerpt="a", extra={"description": "b"})


def test_check_says_in_one_line_what_was_read_by_alias(site: SmallSite) -> None:
    """`newsgen check` names each alias with its count."""
    for name in ("one", "two"):
        site.write(f"content/{name}.md", "---\nheadline: T\ndate: 2026-01-03\n---\n")
    assert "read by alias: date 2, headline 2\n" in site.run("check").stderr


@pytest.mark.parametrize(
    ("title", "body", "shown", "rest"),
    [
        ("", "# Tide *gates* #\n\nText.", "Tide gates", "<p>Text.</p>"),
        ("", "\nTide gates\n===\nText.", "Tide gates", "<p>Text.</p>"),
        ("title: Tide gates\n", "# Tide gates\nText.", "Tide gates", "<p>Text.</p>"),
        ("title: 3\n", "# 3\nText.", "3", "<p>Text.</p>"),
        ("title: T\n", "# Other\n", "T", "<h2>Other</h2>"),
        ("title: T\n", "#T\n", "T", "<p>#T</p>"),
        ("title: T\n", "Text.\n\n# T", "T", "<p>Text.</p>\n<h2>T</h2>"),
    ],
)
def test_a_heading_is_the_title(title: str, body: str, shown: str, rest: str) -> None:
    """A heading at the beginning is the title if there is none, and left out if it equals it."""
    text = f"---\n{title}date: 2026-01-30\n---\n{body}\n"
    article, _ = load_article(text.encode(), Options("UTC", "commonmark", ()))
    assert article
    assert (article.title, re.sub(' id="[^"]*"', "", article.body.strip())) == (shown, rest)


@pytest.mark.parametrize(
    "fields",
    [
        "expiryDate: 2026-01-01",
        "unpublishDate: 2026-01-01",
        "expires: 2099-01-01\nexpiryDate: 2026-01-01",
        "publishDate: 2099-01-01",
        "expiryDate: later",
        "status: draft",
        "hidden: true",
        "private: true",
    ],
)
@pytest.mark.parametrize("shape", ["---\n{}---\n", "+++\n{}+++\n", "{{{}}}\n"])
def test_what_is_withheld_stays_withheld(fields: str, shape: str) -> None:
    """Another tool's way to withhold an article works in each format."""
    pairs = dict(line.split(": ") for line in f"title: T\ndate: 2026-01-01\n{fields}".split("\n"))
    mark = {"-": "{}: {}\n", "+": "{} = '{}'\n", "{": '"{}": "{}",'}[shape[0]]
    text = shape.format("".join(mark.format(*pair) for pair in pairs.items()))
    article, _ = load_article(text.encode(), Options("UTC", "commonmark", ()))
    assert article
    assert visibility(meta_of(article), Clock(AS_OF)) == "withheld"


@pytest.mark.parametrize(
    ("extra", "url"),
    [
        ("header: {teaser: /a.jpg, overlay_image: /b.jpg}", "/b.jpg"),
        ("extra: {og_image: /a.jpg, cover_image: /b.jpg}", "/b.jpg"),
        ("params: {cover: {image: /a.jpg, alt: Tide}}", "/a.jpg"),
        ("extra: {cover_image: /a.jpg}\nimage: /b.jpg", "/b.jpg"),
        ("header: {teaser: /a.jpg}\nimage: /c.jpg", "/c.jpg"),
        ("image: {feature: /d.jpg}", "/d.jpg"),
    ],
)
def test_images_in_tables(extra: str, url: str) -> None:
    """An image in `header`, `extra` or `params` counts if there is no other. `feature` in `image`
    is an address.
    """
    article = load(front(REQUIRED) + extra).article
    assert article
    assert [image.url for image in article.images] == [url]


@pytest.mark.parametrize(
    ("extra", "url"),
    [
        (
            "resources: [{src: a.pdf}, {src: 'b*.jpg', name: cover}, {src: c.jpg, name: cover}]",
            "c.jpg",
        ),
        ("featuredImage: lead\nresources: [{src: d.png, title: Header, name: lead}]", "d.png"),
        ("image: /e.jpg\nresources: [{src: featured.jpg}]", "/e.jpg"),
        ("resources: [{src: f.jpg, title: A plan}, g, 3]", None),
    ],
)
def test_images_of_bundles(extra: str, url: str | None) -> None:
    """An image in Hugo's `resources` counts if it is named as the lead image, or by the article."""
    article = load(front(REQUIRED) + extra).article
    assert article
    assert [image.url for image in article.images] == ([url] if url else [])


def test_keys_in_another_case(tmp_path: Path) -> None:
    """Keys in another case are read as the field if that is missing, and problems have the place in
    the file.
    """
    data = b'{\n"Title": "T",\n"Pubdate": "2026-01-30",\n"Tags": ["a"],\n'
    data += b'"tags": ["b"],\n"TITLE": "U"\n}\n'
    article, found = load_bytes(data)
    assert article
    assert (article.title, article.tags, article.extra) == (
        "T",
        ("b",),
        {"Tags": ["a"], "TITLE": "U"},
    )
    assert [one.severity for one in found if one.severity != "repair"] == []
    for text in ("---\nTitle: T\nDate: soon\n---\n", "+++\nTitle = 'T'\nDate = 'soon'\n+++\n"):
        [problem] = [one for one in placed(tmp_path, text.encode()) if one.severity == "error"]
        assert (problem.code, problem.line) == ("bad-date", 3)


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("published: 2026-01-30", "2026-01-30"),
        ("published: 20260130\ndate: 2026-01-01", "2026-01-30"),
        ("publishDate: 2026-01-29\npublished: true", "2026-01-29"),
        ("lastmod: 2026-01-28", "2026-01-28"),
        ("lastmod: 2026-01-28\ndate: 2026-01-27", "2026-01-27"),
        ("lastmod: 2026-01-28\npath: 2026/01/26/tide", "2026-01-26"),
    ],
)
def test_other_keys_for_the_date(fields: str, date: str) -> None:
    """`published` may be a date, and the date of the last change counts if there is no other."""
    article = load(f"title: T\n{fields}").article
    assert article
    assert (article.time.date().isoformat(), article.published, article.unclear) == (
        date,
        True,
        False,
    )


def test_two_dates_of_publication_withhold() -> None:
    """A date in `published` beside the field's own is unclear and withholds the article."""
    found = load(front(REQUIRED) + "published: 2099-01-01").article
    assert found
    assert found.unclear


def test_a_list_in_category_holds_topics() -> None:
    """A list in `category` is read as topics, unless there are some."""
    found = load(front(REQUIRED) + "category: [Ports, Tides]").article
    assert found
    assert (found.topics, found.category) == (("Ports", "Tides"), "")


def test_a_post_without_title_has_the_words_of_its_name(site: SmallSite) -> None:
    """A post without a title gets the words of its name, as in Jekyll, or of its folder for an
    index, unless the body begins with a heading.
    """
    for name, body in (("2026-01-03-high-tide", "Text."), ("2026-01-04-low", "# Low water")):
        site.write(f"content/_posts/{name}.md", f"---\nlayout: post\n---\n{body}\n")
    site.write("content/2026-01-05-low_tide/index.md", "+++\ndraft = false\n+++\nThe title: x.\n")
    assert site.build().problems == ()
    assert "title-of-file: 2 repairs" in site.run("check").stdout
    assert "<h1>Low Tide</h1>" in site.page("/news/2026-01-05-low_tide/")
    assert "<h1>High Tide</h1>" in site.page("/news/2026-01-03-high-tide/")
    assert "<h1>Low water</h1>" in site.page("/news/2026-01-04-low/")
