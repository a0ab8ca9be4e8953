"""Fields written as front matter: one line each, and read back unchanged."""

from __future__ import annotations

import pytest
import yaml

from newsgen.content.front_matter_writer import as_front_matter

TEXTS = [
    *("a\nsecured: QUJD;REVG", "a\n\nb", "a\rb", "a\x85b", "a\u2028b", "\n", "'\n'", "a\n---\nb"),
    *("---", "...", "x ...", "- a", "? a", "a: b", "a #b", "~", "null", "yes", "2026-01-01", "1e3"),
    *("&a", "*a", "!t", "| a", "> a", "\t", "{", "]", "@x", "%x", "=", "<<", " a ", "", "\x1b"),
    "word " * 300_000 + "\nsecured: QUJD;REVG",
    "word " * 300_000,
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
def test_any_text_is_one_line(text: str) -> None:
    """Any text stays on one line, and YAML reads it back unchanged."""
    fields = {"title": text, "tags": [text, "b"], "provider": {"name": text}, "slug": "c"}
    lines = as_front_matter(fields).splitlines()
    written = as_front_matter(fields)
    assert written.count("\n") == len(lines) == 6
    assert yaml.load(written.split("\n", 1)[1].removesuffix("---\n"), yaml.CSafeLoader) == fields
