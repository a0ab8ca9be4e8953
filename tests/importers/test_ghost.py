"""Exports of Ghost: old ones with mobiledoc, new ones with lexical, and members' posts."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from .exports import SHARED, ImportSite


@pytest.fixture
def place(tmp_path: Path) -> ImportSite:
    return ImportSite(tmp_path / "site")


def ghost(*posts: dict[str, Any], wrapped: bool = True, **tables: Any) -> str:
    """Return an export of Ghost."""
    data = {
        "posts": [
            {
                "id": f"p{n}",
                "uuid": f"u{n}",
                "title": f"Post {n}",
                "slug": f"post-{n}",
                "html": "<p>Text.</p>",
                "type": "post",
                "status": "published",
                "visibility": "public",
                "published_at": "2026-01-30T08:15:00.000Z",
                **post,
            }
            for n, post in enumerate(posts)
        ],
        "users": [
            {
                "id": "a",
                "name": "Ann",
                "slug": "ann",
                "bio": "Writes.",
                "website": "https://a.example",
            }
        ],
        "posts_authors": [{"post_id": "p0", "author_id": "a", "sort_order": 0}],
        "tags": [
            {"id": "t1", "name": "Sea", "slug": "sea"},
            {"id": "t2", "name": "#hidden", "slug": "hash-hidden"},
            {"id": "t3", "name": "Dykes", "slug": "dykes"},
        ],
        "posts_tags": [
            {"post_id": "p0", "tag_id": tag, "sort_order": n}
            for n, tag in enumerate(("t1", "t2", "t3"))
        ],
        "settings": [{"key": "title", "value": "Old Ghost"}],
        **tables,
    }
    inner = {"meta": {"version": "5.0"}, "data": data}
    return json.dumps({"db": [inner]} if wrapped else inner)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_post_of_the_lexical_editor(place: ImportSite, wrapped: bool) -> None:
    """Authors, tags, feature image with alt and caption, canonical address and cards are kept."""
    html = (
        '<p>See <a href="__GHOST_URL__/other/">this</a>.</p><figure class="kg-card kg-image-card">'
        '<img src="__GHOST_URL__/content/images/a.jpg" class="kg-image" alt="A">'
        "<figcaption>The <b>sea</b></figcaption></figure><!--kg-card-begin: html--><div>raw</div>"
        '<!--kg-card-end: html--><figure class="kg-card kg-embed-card"><iframe src="'
        'https://www.youtube.com/embed/dQw4w9WgXcQ?feature=oembed"></iframe></figure>'
    )
    meta = {
        "post_id": "p0",
        "feature_image_alt": "Alt",
        "feature_image_caption": "<i>Caption</i>",
        "canonical_url": "https://first.example/x",
    }
    post = {
        "html": html,
        "lexical": "{}",
        "feature_image": "__GHOST_URL__/content/images/lead.jpg",
        "custom_excerpt": "In short.",
        "featured": True,
    }
    text = ghost(post, {"slug": "other"}, wrapped=wrapped, posts_meta=[meta])
    found = place.run("ghost", text, "--site", "https://old.example")
    front = place.front("post-0")
    assert front["images"] == [
        {"url": "https://old.example/content/images/lead.jpg", "alt": "Alt", "caption": "Caption"}
    ]
    assert front["publishedDateTime"] == datetime(2026, 1, 30, 8, 15, tzinfo=UTC)
    assert (front["authors"], front["topics"], front["tags"]) == (["Ann"], ["Sea"], ["Dykes"])
    assert (front["permalink"], front["webUrl"]) == ("/post-0/", "https://first.example/x")
    assert place.body("post-0") == (
        "See [this](/other/).\n\n"
        '<figure><img alt="A" src="https://old.example/content/images/a.jpg">'
        "<figcaption>The <b>sea</b></figcaption></figure>\n\nraw\n\n"
        '{{< embed "https://www.youtube.com/embed/dQw4w9WgXcQ?feature=oembed" >}}'
    )
    assert found["parity"]["score"] == 100
    assert "bio: Writes." in (place.root / "_data/authors/ann.yaml").read_text()


HIDDEN: list[tuple[dict[str, Any], str]] = [
    ({"visibility": "members"}, "members"),
    ({"visibility": "paid"}, "members"),
    ({"visibility": "tiers"}, "members"),
    ({"status": "draft", "published_at": None}, "draft"),
    ({"status": "scheduled"}, "scheduled"),
    ({"status": "sent"}, "unclear"),
    ({"visibility": None}, "members"),
]


def test_what_the_public_may_not_see_is_withheld(place: ImportSite) -> None:
    """Posts for members, drafts, scheduled and mailed posts are withheld and counted."""
    hidden = [{"html": "<p>The secret harbour.</p>", **fields} for fields, _ in HIDDEN]
    found = place.run("ghost", ghost({}, *hidden))
    assert found["withheld"] == Counter(why for _, why in HIDDEN)
    pages = place.built().rglob("*.*")
    assert not [page for page in pages if b"secret harbour" in page.read_bytes()]


def test_an_old_export(place: ImportSite) -> None:
    """Times in milliseconds, flags as numbers, and the pattern of addresses of old versions."""
    post = {
        "published_at": 1769760900000,
        "page": 0,
        "type": None,
        "mobiledoc": "{}",
        "feature_image": None,
    }
    page = {"page": 1, "type": None, "slug": "about"}
    settings = [{"key": "permalinks", "value": "/:year/:month/:slug/"}]
    place.run("ghost", ghost(post, page, settings=settings))
    assert place.front("post-0")["permalink"] == "/2026/01/post-0/"
    assert (place.root / "content/pages/about.md").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"db": []}', "{", '{"data": {"posts": 3}}'])
def test_a_file_that_is_no_export(place: ImportSite, text: str) -> None:
    """For a file that is not an export, the command ends with 2 and writes nothing."""
    assert place.run("ghost", text, code=2)["problems"][0]["code"] == "bad-export"
    assert list(place.root.iterdir()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="there is no folder ../shared")
def test_the_theme_unit_test_of_ghost(place: ImportSite) -> None:
    """Ghost's own test content is imported completely."""
    found = place.run("ghost", (SHARED / "ghost-theme-unit-test.json").read_text("utf-8"))
    assert (found["parity"]["score"], found["posts"], found["pages"]) == (100, 17, 2)


def test_navigation_becomes_the_menus(place: ImportSite) -> None:
    """Entries of both menus keep their names and addresses; those of the front page are left
    out.
    """
    rows = [
        {"label": "Home", "url": "/"},
        {"label": "Post", "url": "__GHOST_URL__/post-0/"},
        {"label": "Wire", "url": "https://wire.example/"},
        {"label": "", "url": "/x/"},
    ]
    settings = [
        {"key": "navigation", "value": json.dumps(rows)},
        {"key": "secondary_navigation", "value": "{damaged"},
    ]
    place.run("ghost", ghost({}, settings=settings))
    found = yaml.safe_load((place.root / "newsgen.yaml").read_text("utf-8"))
    assert found["menu"] == [
        {"name": "Post", "url": "/post-0/"},
        {"name": "Wire", "url": "https://wire.example/"},
    ]
    assert "footer_menu" not in found
