"""The teaser of an article without an excerpt, and the first heading of its body."""

from __future__ import annotations

import pytest

from content.reading import load, read
from support import SmallSite

LONG = "The gates held through the night while the water stood at the brim. " * 6


@pytest.mark.parametrize(
    ("body", "teaser"),
    [
        ("The gates *held*, [they say](/a/).\n\nMore.", "The gates held, they say."),
        ("![The gates](/gates.jpg)\n\nThe gates held.", "The gates held."),
        ("## Gates\n\n- one\n\nThey held[^1].\n\n[^1]: A note.", "They held."),
        ("One.\n\nTwo.\n\n<!--more-->\n\nThree.", "One. Two."),
        ("One, <!-- more --> two.", "One,"),
        ("## Tide\n\nOne.\n\n<!-- more -->\n\nTwo.", "One."),
        ("One.\n<!-- TEASER_END -->\nTwo.", "One."),
        ("```\ncode\n```\n", ""),
        ('1 < 2 & "quoted"', "1 < 2 & “quoted”"),
        ("", ""),
    ],
)
def test_the_teaser_of_a_body(body: str, teaser: str) -> None:
    """The teaser is the text up to the mark, else the first paragraph with text."""
    assert read("", body).teaser == teaser


def test_a_long_paragraph_is_cut_at_a_word() -> None:
    """At most 200 characters remain, which end with a whole word and an ellipsis."""
    teaser = read("", LONG).teaser
    assert 150 < len(teaser) <= 201
    assert LONG.startswith(teaser.removesuffix("…") + " ")
    assert len(read("", "水" * 500).teaser) == 201


def test_an_excerpt_leaves_no_teaser() -> None:
    """The author's excerpt counts, unless it is a placeholder."""
    assert read("excerpt: Mine.", "Body.").teaser == ""
    assert read("excerpt: NA", "Body.").teaser == "Body."


def test_a_teaser_is_shown_in_lists_and_metadata(site: SmallSite) -> None:
    """Lists and metadata show the teaser, but the page itself does not repeat it."""
    site.article("one", "The gates held.\n\nAll night.", excerpt=None)
    site.build()
    assert '<p class="excerpt">The gates held.</p>' in site.page("/topics/ai/")
    page = site.page("/news/one/")
    assert '<meta name="description" content="The gates held.">' in page
    assert "standfirst" not in page


@pytest.mark.parametrize(
    ("body", "title", "shown"),
    [
        ("# Gates *hold*\n\nText.", "Gates hold", False),
        ("## Gates\n\nText.", "Gates", False),
        ("Gates\n=====\n\nText.", "Gates", False),
        ("Text.\n\n## Gates\n", "Gates", True),
        ("```\n# no heading\n```\n\n## Gates\n", "Gates", True),
    ],
)
def test_the_title_is_the_first_heading(body: str, title: str, shown: bool) -> None:
    """Without a title, the first heading is the title. Only a heading at the beginning of the body
    is left out.
    """
    article = load("date: 2026-01-30", body).article
    assert article
    assert article.title == title
    assert ("Gates" in article.body) == shown
