"""The theme `brief`: one column of text, made by replacing blocks of the default theme."""

from __future__ import annotations

import gzip
import re

import pytest
from lxml import html

from newsgen.config.settings import load_config
from newsgen.inspect.theme import list_templates
from photos import photo
from support import SmallSite


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a page of each kind, 70 stories, and one with images and a video."""
    made = SmallSite(tmp_path_factory.mktemp("brief"), theme={"name": "brief"})
    made.every_kind()
    made.write("static/a.jpg", photo(1, 640, 360))
    for n in range(70):
        made.article(f"s{n}", title=f"Story {n} has a headline of a usual length, not short")
    body = "Text.\n\n![Boats at the quay](/a.jpg)\n\n![](/a.jpg)\n\nhttps://youtu.be/dQw4w9WgXcQ\n"
    made.article("shown", body, images=["/a.jpg"])
    assert not made.build().problems
    return made


def test_no_page_shows_an_image_or_runs_a_script(brief: SmallSite) -> None:
    """Pages are text, with a description in place of an image. Social cards and feeds have the
    image.
    """
    pages = {path: data.decode() for path, data in brief.tree().items() if path.endswith(".html")}
    assert len(pages) > 80
    for path, page in pages.items():
        assert not re.search(r"<(?:img|picture|source|iframe|video)\b|<script (?!type=)", page), (
            path
        )
        if "<meta http-equiv" not in page:
            assert re.findall(r'rel="stylesheet" href="/(\w+)', page) == ["brief"], path
    page = html.fromstring(brief.page("/news/shown/"))
    assert page.xpath("//div[contains(@class, 'body')]//em/text()") == ["Boats at the quay"]
    (card,) = page.xpath("//meta[@property='og:image']/@content")
    copies = [path for path in brief.tree() if path.startswith("_media/")]
    assert ["https://wire.example/" + path for path in copies] == [card]


def test_no_page_is_over_6_kb(brief: SmallSite) -> None:
    """Even a list of 59 stories is less than 6 KB compressed, and the stylesheet 2 KB."""
    tree = brief.tree()
    assert max(len(gzip.compress(tree[path])) for path in tree if path.endswith(".html")) < 6000
    (style,) = [data for path, data in tree.items() if re.fullmatch(r"brief\.\w+\.css", path)]
    assert len(gzip.compress(style)) < 2300


def test_a_site_replaces_what_the_theme_replaces(site: SmallSite) -> None:
    """`theme/NAME` is the theme in use, `default/NAME` the default one, and the list has
    neither.
    """
    site.settings(theme={"name": "brief"})
    site.write(
        "templates/base.html",
        '{% extends "theme/base.html" %}{% block footer %}<p>Ours</p>{% endblock %}',
    )
    site.article("one")
    site.write("templates/404.html", '{% extends "default/404.html" %}')
    assert not site.build().problems
    page = site.page("/news/one/")
    assert "<p>Ours</p>" in page
    assert "/brief." in page
    listed = {one.name: one.state for one in list_templates(load_config(site.root))}
    assert (listed["base.html"], listed["lines.html"]) == ("replaced", "theme")
    assert not [name for name in listed if name.startswith(("theme/", "default/"))]
    assert not site.run("theme", "diff").returncode
