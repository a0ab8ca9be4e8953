"""Front matter without a field of newsgen."""

from __future__ import annotations

from typing import Any

import pytest

from content.reading import read
from support import SmallSite


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("north", "north"),
        ("3", 3),
        ("0o17", 15),
        ("1e3", 1000.0),
        ("true", True),
        ("yes", "yes"),
        ("'3'", "3"),
        ("!!str 3", 3),
        (".inf", "inf"),
        ("99999999999999999999", "99999999999999999999"),
        ("2026-01-30", "2026-01-30"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("~", None),
    ],
)
@pytest.mark.parametrize("parser", ["", "other: &anchor x\n"])
def test_extra_keeps_the_type(written: str, value: Any, parser: str) -> None:
    """Both parsers give a key without a field as YAML 1.2 types it."""
    assert read(f"{parser}season: {written}\n").extra["season"] == value


@pytest.mark.parametrize("name", ["secured", "SECURED", "' secured '"])
def test_extra_never_holds_secured(name: str) -> None:
    """`secured` is left out at any depth."""
    assert read(f"a: {{b: [{{{name}: abc, c: d}}]}}\n").extra == {"a": {"b": [{"c": "d"}]}}


def test_templates_show_extra_escaped(site: SmallSite) -> None:
    """A template reads article.extra, and its text is escaped."""
    shown = '{{ article.extra.get("season") }} {{ article.extra.get("n") }}'
    site.write("templates/article.html", shown)
    for season in ("<b>wet</b>", "dry"):
        site.article("one", season=season, n=4)
        site.build()
        assert site.page("/news/one/") == season.replace("<", "&lt;").replace(">", "&gt;") + " 4"
