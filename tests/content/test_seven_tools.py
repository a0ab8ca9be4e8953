"""Front matter as Hugo, Jekyll, Pelican, Eleventy, Zola, Nikola and Ghost have it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from content.reading import load_bytes
from content.test_formats import in_toml

FRONTS: dict[str, dict[str, Any]] = {
    "Hugo": {
        "title": "The tide gates hold",
        "date": "2026-01-30T09:00:00+01:00",
        "lastmod": "2026-01-31T09:00:00+01:00",
        "draft": False,
        "description": "A short text.",
        "author": "Ann Day",
        "categories": ["Ports"],
        "tags": ["tides", "gates"],
        "cover": {"image": "/gates.jpg", "alt": "The gates", "relative": False},
        "series": ["Water"],
        "aliases": ["/old/gates/"],
        "slug": "gates",
    },
    "Jekyll": {
        "layout": "post",
        "title": "The tide gates hold",
        "date": "2026-01-30 09:00:00 +0100",
        "last_modified_at": "2026-01-31 09:00:00 +0100",
        "published": True,
        "description": "A short text.",
        "author": "Ann Day",
        "categories": "Ports",
        "tags": ["tides", "gates"],
        "image": {"path": "/gates.jpg", "alt": "The gates"},
        "redirect_from": ["/old/gates/"],
        "slug": "gates",
    },
    "Pelican": {
        "title": "The tide gates hold",
        "date": "2026-01-30 08:00",
        "modified": "2026-01-31 08:00",
        "status": "published",
        "summary": "A short text.",
        "authors": "Ann Day",
        "categories": "Ports",
        "tags": "tides, gates",
        "image": {"url": "/gates.jpg", "title": "The gates"},
        "aliases": "/old/gates/",
        "slug": "gates",
    },
    "Eleventy": {
        "layout": "post.njk",
        "title": "The tide gates hold",
        "date": "2026-01-30T08:00:00Z",
        "updated": "2026-01-31T08:00:00Z",
        "description": "A short text.",
        "author": {"name": "Ann Day", "url": "https://ann.example/"},
        "categories": ["Ports"],
        "tags": ["tides", "gates"],
        "image": {"src": "/gates.jpg", "alt": "The gates"},
        "aliases": ["/old/gates/"],
        "slug": "gates",
        "eleventyNavigation": {"key": "gates", "order": 2},
    },
    "Zola": {
        "title": "The tide gates hold",
        "date": "2026-01-30T08:00:00Z",
        "updated": "2026-01-31T08:00:00Z",
        "description": "A short text.",
        "authors": ["Ann Day"],
        "taxonomies": {"categories": ["Ports"], "tags": ["tides", "gates"]},
        "images": [{"url": "/gates.jpg", "caption": "The gates"}],
        "aliases": ["/old/gates/"],
        "slug": "gates",
        "extra": {"toc": True, "colour": "#0af"},
    },
    "Nikola": {
        "title": "The tide gates hold",
        "slug": "gates",
        "date": "2026-01-30 08:00:00 UTC",
        "updated": "2026-01-31 08:00:00 UTC",
        "tags": "tides, gates",
        "sections": "Ports",
        "description": "A short text.",
        "author": "Ann Day",
        "thumbnail": {"url": "/gates.jpg", "title": "The gates"},
        "aliases": "/old/gates/",
        "type": "article",
    },
    "Ghost": {
        "title": "The tide gates hold",
        "slug": "gates",
        "published_at": "2026-01-30T08:00:00.000Z",
        "updated_at": "2026-01-31T08:00:00.000Z",
        "status": "published",
        "visibility": "public",
        "featured": False,
        "custom_excerpt": "A short text.",
        "authors": [{"name": "Ann Day", "slug": "ann"}],
        "categories": [{"name": "Ports", "slug": "ports"}],
        "tags": [{"name": "tides", "slug": "tides"}, {"name": "gates", "slug": "gates"}],
        "feature_image": {"url": "/gates.jpg", "alt": "The gates"},
        "aliases": ["/old/gates/"],
    },
}


@pytest.mark.parametrize("tool", FRONTS)
def test_front_matter_of_a_tool(tool: str) -> None:
    """The same article in each tool's words, and in YAML, TOML and JSON, gives the same fields."""
    fields = FRONTS[tool]
    toml = "".join(f"{key} = {in_toml(value)}\n" for key, value in fields.items())
    loaded = [
        load_bytes(text.encode())
        for text in (
            f"---\n{yaml.safe_dump(fields, sort_keys=False)}---\nText.\n",
            f"+++\n{toml}+++\nText.\n",
            f"{json.dumps(fields, indent=2)}\nText.\n",
        )
    ]
    assert [one.severity for one in loaded[0].problems if one.code != "alias"] == []
    assert loaded[0] == loaded[1] == loaded[2]
    article = loaded[0].article
    assert article
    assert article.title == "The tide gates hold"
    assert article.time.isoformat() == "2026-01-30T08:00:00+00:00"
    assert article.updated
    assert article.updated.isoformat() == "2026-01-31T08:00:00+00:00"
    assert (article.excerpt, article.authors) == ("A short text.", ("Ann Day",))
    assert (article.topics, article.tags) == (("Ports",), ("tides", "gates"))
    assert [(image.url, image.alt or image.title) for image in article.images] == [
        ("/gates.jpg", "The gates")
    ]
    assert (article.slug, article.aliases) == ("gates", ("/old/gates/",))
    assert article.published
    assert not article.draft | article.unclear
