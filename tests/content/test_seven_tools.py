"""Front matter of Hugo, Jekyll, Pelican, Eleventy, Zola, Nikola and Ghost."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from content.reading import load_bytes
from content.test_formats import in_toml
from newsgen.content.schema import FIELDS
from newsgen.core.alias_names import ALIASES

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
    """The same article in each tool's keys, and in YAML, TOML and JSON, gives the same fields."""
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


# Values of the seven tools, and some that no tool has.
VALUES = st.recursive(
    st.sampled_from(
        [
            *("2026-01-30", "2026-01-30T09:00:00+01:00", "2026-01-30 09:00:00 +0100", "20260130"),
            *("Fri, 30 Jan 2026 09:00:00 +0100", "30 January 2026", "2026/01/30", "teatime"),
            *("Ann Day", "Ann, Bob", "tides, gates", "a b", "", "C#", "yes", "no", "3.10", "0x1f"),
            *(
                "/gates.jpg",
                "https://paper.example/a?b=1#c",
                "javascript:1",
                ":year/:title",
                "../x",
            ),
            *("draft", "published", "false", "public", "de", "post.njk", "#internal", "all", "Ü—é"),
            *(True, False, 0, 7, -2, 2**60, 1.5, 20260130),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "src", "url", "path", "alt", "image", "caption", "tags", "slug"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
OTHERS = (
    *("layout", "taxonomies", "extra", "status", "hidden", "visibility", "sticky", "series"),
    *("params", "resources", "Title", "Date", "TAGS", "Draft"),
)
KEYS = st.sampled_from(sorted({*FIELDS, *ALIASES, *OTHERS} - {"secured"}))


@given(st.sampled_from(sorted(FRONTS)), st.dictionaries(KEYS, VALUES, max_size=4), st.randoms())
def test_any_front_matter_is_read_alike(tool: str, more: dict[str, Any], random: Any) -> None:
    """A tool's front matter, with fields left out, added and changed, gives the same article and
    the same problems in YAML, TOML and JSON.
    """
    kept = {key: value for key, value in FRONTS[tool].items() if random.random() < 0.8}
    fields = {**kept, **more}
    toml = "".join(f"{key} = {in_toml(value)}\n" for key, value in fields.items())
    loaded = [
        load_bytes(text.encode())
        for text in (
            f"---\n{yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)}---\n# Text\n",
            f"+++\n{toml}+++\n# Text\n",
            f"{json.dumps(fields)}\n# Text\n",
        )
    ]
    assert loaded[0].article == loaded[1].article == loaded[2].article
    told = [[(one.code, one.field) for one in each.problems] for each in loaded]
    assert told[0] == told[1] == told[2]
