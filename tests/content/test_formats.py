"""Front matter in YAML, TOML and JSON."""

from __future__ import annotations

import json
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from content.reading import load_bytes, placed
from newsgen.check.fixing import fix_content
from newsgen.config.settings import load_config
from newsgen.content.fix import fix
from newsgen.content.schema import read_article
from support import SmallSite

TOML = """+++
title = "Tide gates"
publishedDateTime = 2026-01-30T08:00:00Z
topics = ["Ports"]
quality = 3
[provider]
name = "The Paper"
[season]
wet = true
+++
The *body*.
"""
JSON = """{
\t"title": "Tide gates", "publishedDateTime": "2026-01-30T08:00:00Z",
\t"topics": ["Ports"], "quality": 3, "provider": {"name": "The Paper"},
\t"season": {"wet": true}
}
The *body*.
"""
YAML = """---
title: Tide gates
publishedDateTime: 2026-01-30T08:00:00Z
topics: [Ports]
quality: 3
provider: {name: The Paper}
season: {wet: true}
---
The *body*.
"""


@pytest.mark.parametrize(
    "text",
    [
        TOML,
        JSON,
        "\ufeff\n \n" + YAML,
        "\n\n" + TOML,
        "\ufeff\n" + JSON,
        YAML.replace("---\n", "--- # the fields\n", 1),
        YAML.replace("---\n", "---yaml\n", 1),
        "---json\n" + JSON.replace("\t", "").replace("\n}\n", "\n}\n---\n"),
        TOML.replace("\n", "\r\n"),
        JSON.replace("\n", "\r\n"),
    ],
)
def test_the_formats_give_equal_articles(text: str) -> None:
    """The same fields give the same Article in each format, also after blank lines and a BOM."""
    expected = load_bytes(YAML.encode())
    assert expected.article
    assert expected.article.extra == {"season": {"wet": True}}
    assert load_bytes(text.encode()) == expected


WORDS = st.text("ab1 \u00e9\u2014:#'\"\\\n{}[]-,.", max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.sampled_from([0.5, -2.25]) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["title", "topics", "tags", "images", "excerpt", "provider", "quality", "draft", "season", "x"]
)


@given(st.dictionaries(KEYS, VALUES))
def test_any_fields_give_equal_articles(fields: dict[str, Any]) -> None:
    """Any values give the same Article in each format."""
    fields = {"publishedDateTime": "2026-01-30", **fields}
    toml = "".join(f"{key} = {in_toml(value)}\n" for key, value in fields.items())
    written = (
        f"---\n{yaml.safe_dump(fields, allow_unicode=True)}---\n",
        f"+++\n{toml}+++\n",
        json.dumps(fields) + "\n",
    )
    articles = [load_bytes(text.encode()).article for text in written]
    assert articles[0] == articles[1] == articles[2]


def in_toml(value: Any) -> str:
    """Return a value in TOML."""
    if isinstance(value, dict):
        inner = ", ".join(f"{quoted(key)} = {in_toml(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_toml, value))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "source"),
    [
        (TOML.replace("quality = 3", "quality = x"), "malformed-toml", 5, 11, "quality = x"),
        (TOML.replace("quality = 3", "quality = 'x'"), "wrong-type", 5, 11, "quality = 'x'"),
        (
            TOML.replace('name = "The Paper"', "name = ['a']"),
            "wrong-type",
            7,
            8,
            "name = ['a']",
        ),
        (TOML.replace("+++\nThe", "The"), "unclosed-front-matter", 2, 1, 'title = "Tide gates"'),
        (
            TOML.replace("title", "a." * 200 + "title"),
            "nested-too-deep",
            2,
            1,
            "a." * 100,
        ),
        (JSON.replace('"quality": 3', '"quality": "x"'), "wrong-type", 3, 34, '\t"topics"'),
        (JSON.replace('"quality": 3', '"quality" 3'), "malformed-yaml", 3, 33, '\t"topics"'),
        ("\n\n" + YAML.replace("quality: 3", "quality: x"), "wrong-type", 7, 10, "quality: x"),
        ("\n\n" + YAML.replace("quality: 3", "quality: [3"), "malformed-yaml", 8, 9, "provider"),
    ],
)
def test_problems_have_a_place(
    tmp_path: Path, text: str, code: str, line: int, column: int, source: str
) -> None:
    """A problem has the line, column and source line of its field in each format."""
    [found] = placed(tmp_path, text.encode())
    assert (found.code, found.line, found.column) == (code, line, column)
    assert found.source.startswith(source)


@pytest.mark.parametrize("deep", ["a = " + "[" * 50_000, "a = " + "{a=" * 50_000])
def test_toml_cannot_exhaust_the_stack(deep: str) -> None:
    """TOML that is nested too deep is refused."""
    [found] = load_bytes(f"+++\n{deep}\n+++\n".encode()).problems
    assert found.code in ("nested-too-deep", "malformed-toml")


@pytest.mark.parametrize("text", ["{{< youtube x >}}\n", "{% include a %}\n", "{ a }\n", "+++ a\n"])
def test_a_brace_alone_is_no_front_matter(text: str) -> None:
    """A body that begins with a brace or with plus signs is not front matter."""
    assert [found.code for found in load_bytes(text.encode()).problems] == ["no-front-matter"]


def test_repairs_are_written_in_json() -> None:
    """`check --fix` keeps JSON as JSON."""
    text = JSON.replace("The Paper", "The&#8217;s Paper")
    fixed = fix(text.encode(), read_article, UTC)
    assert fixed.values == 1
    assert json.loads(fixed.data.decode().rpartition("}")[0] + "}")["provider"] == {
        "name": "The\u2019s Paper"
    }


def test_toml_is_left_with_a_message(site: SmallSite) -> None:
    """`check --fix` leaves TOML as it is, and says so."""
    text = TOML.replace("The Paper", "The&#8217;s Paper")
    file = site.write("content/a.md", text)
    fixing = fix_content(load_config(site.root), 1, dry_run=False)
    assert [(one.code, one.file) for one in fixing.problems] == [("toml-not-fixed", "content/a.md")]
    assert file.read_text() == text


def test_numbers_with_thousands_of_digits() -> None:
    """TOML with a number that Python cannot read is refused with its line. Other large numbers are
    kept as text, in each format.
    """
    [found] = load_bytes(TOML.replace("quality = 3", f"x = {'9' * 5_000}").encode()).problems
    assert (found.code, found.line) == ("malformed-toml", 5)
    nines, large = "9" * 5_000, str(Decimal(int("f" * 5_000, 16)))
    for text in (
        TOML.replace("quality = 3", "quality = 0x" + "f" * 5_000),
        YAML.replace("quality: 3", f"quality: {nines}"),
        JSON.replace('"quality": 3', f'"quality": {nines}'),
    ):
        [found] = load_bytes(text.encode()).problems
        assert found.code == "wrong-type"
    for text, kept in (
        (TOML.replace("wet = true", "wet = 0x" + "f" * 5_000), large),
        (YAML.replace("wet: true", f"wet: {nines}"), nines),
        (JSON.replace('"wet": true', f'"wet": {nines}'), nines),
    ):
        read = load_bytes(text.encode())
        assert read.article
        assert read.article.extra == {"season": {"wet": kept}}


def test_lines_of_one_field_are_joined_once() -> None:
    """A field without a fence may have thousands of lines, and each is read."""
    lines = "".join(f" Topic {i},\n" for i in range(90))
    read = load_bytes(f"Title: T\nDate: 2026-01-30\nTags:\n{lines}\nBody.\n".encode())
    assert read.article
    assert read.article.tags == tuple(f"Topic {i}" for i in range(90))
