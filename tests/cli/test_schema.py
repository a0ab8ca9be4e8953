"""newsgen schema: the declared fields of front matter are those that newsgen reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import yaml_rs
from jsonschema import Draft202012Validator

from content.test_seven_tools import FRONTS
from newsgen.content import pages
from newsgen.content import schema as schema_module
from newsgen.content.body.convert import Body
from newsgen.content.json_schema import json_schema
from newsgen.content.loader import Options, load_article
from newsgen.content.pages import read_page, read_section
from newsgen.content.schema import read_article
from newsgen.core.alias_names import ALIASES
from newsgen.core.frontmatter import decode, split
from support import CORPUS, ROOT, newsgen

SCHEMAS = {
    page: Draft202012Validator(json_schema("page" if page else "article")) for page in (False, True)
}
READING = Options("UTC", "commonmark", ())


class Watched(dict[str, Any]):
    """A mapping that records which keys are read."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__({key: Watched.around(value) for key, value in values.items()})
        self.asked: set[str] = set()

    @staticmethod
    def around(value: Any) -> Any:
        if isinstance(value, list):
            return [Watched.around(item) for item in value]
        return Watched(value) if isinstance(value, dict) else value

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


IMAGE = {"alt": "A tide gate", "url": "https://paper.example/a.jpg"}
STORY = {"title": "Another", "provider": {"name": "P", "images": [IMAGE]}, "images": [IMAGE]}
WHOLE = {
    "title": "T",
    "publishedDateTime": "2026-01-30",
    "provider": {"name": "P", "images": [IMAGE]},
    "images": [IMAGE],
    "related": [STORY],
    "corrections": [{"date": "2026-01-30", "text": "C"}],
}


def properties(schema: dict[str, Any], name: str) -> set[str]:
    return set(schema["$defs"][name]["properties"])


def test_it_knows_the_fields_that_are_read() -> None:
    """For each mapping of an article and for a plain page, the schema has exactly the fields that
    the reader looks up.
    """
    schema = json_schema()
    own = properties(schema, "Article") - ALIASES.keys()
    front = Watched(dict.fromkeys(own) | WHOLE)  # a missing field may not be looked up
    assert read_article(front, Body("", ()), UTC)[1] == []
    asked = {
        "Article": front,
        "Provider": front["provider"],
        "Image": front["images"][0],
        "Related": front["related"][0],
        "Correction": front["corrections"][0],
    }
    known = {name: properties(schema, name) for name in asked}
    known["Article"] = own
    assert known == {name: one.asked for name, one in asked.items()}
    page = Watched({"title": "T"})
    read_page(page, Body("", ()), UTC)
    of_page = properties(json_schema("page"), "Page")
    assert of_page - ALIASES.keys() == page.asked
    assert properties(schema, "Article") == {*schema_module.FIELDS, *ALIASES} - {"secured"}
    assert of_page - ALIASES.keys() == pages.FIELDS - {"secured"}
    section = Watched({"title": "T"})
    read_section(section, Body("", ()), UTC)
    assert properties(json_schema("section"), "Section") - ALIASES.keys() == section.asked


def test_every_field_is_described() -> None:
    """Each field of each mapping has a description; `secured` is not among them."""
    for kind in ("article", "page", "section"):
        schema = json_schema(kind)
        Draft202012Validator.check_schema(schema)
        for mapping in schema["$defs"].values():
            assert all(field["description"] for field in mapping["properties"].values())
        assert "secured" not in json.dumps(schema)


def fronts(folder: Path) -> Iterator[tuple[Path, Any]]:
    """Return the front matter, as an editor's YAML parser reads it, of each article that is read
    without a warning.
    """
    for file in sorted(folder.rglob("*.md")):
        data = file.read_bytes()
        record, problems = load_article(data, READING)
        parts = split(decode(data).text)
        if record and parts and all(problem.severity == "repair" for problem in problems):
            yield file, yaml_rs.loads(parts.front, parse_datetime=False)


@pytest.mark.parametrize(
    ("folder", "least"),
    [
        (ROOT / "content", 38),
        pytest.param(CORPUS / "diablo4/_news", 1600, marks=pytest.mark.corpus),
        pytest.param(CORPUS / "powerapps/_news", 670, marks=pytest.mark.corpus),
        pytest.param(CORPUS / "dirt", 50, marks=pytest.mark.corpus),
    ],
    ids=lambda value: value.parent.name if isinstance(value, Path) else "",
)
def test_real_articles_satisfy_it(folder: Path, least: int) -> None:
    """Every article that is read without a warning satisfies the schema."""
    wrong = {}
    found = 0
    for file, front in fronts(folder):
        found += 1
        wrong.update((file.name, error.json_path) for error in SCHEMAS[False].iter_errors(front))
    assert wrong == {}
    assert found >= least


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("publishedDateTime", "teatime"),
        ("publishedDateTime", None),
        ("published", "perhaps"),
        ("quality", "many"),
        ("quality", "1.5"),
        ("type", "podcast"),
        ("webUrl", "javascript:alert(1)"),
        ("images", [{"url": "data:image/png;base64,AAAA"}]),
        ("provider", "Paper"),
        ("language", "?"),
        ("expires", "2026"),
        ("topics", {"code": "AI"}),
        ("corrections", [{"text": "Without a date"}]),
        ("lastmod", "teatime"),
        ("canonical_url", "javascript:alert(1)"),
    ],
)
def test_what_is_read_with_a_warning_does_not(field: str, value: Any) -> None:
    """Front matter with a warning violates the schema too."""
    front = {key: WHOLE[key] for key in WHOLE if key != ALIASES.get(field)} | {field: value}
    assert list(SCHEMAS[False].iter_errors(front))
    assert [
        problem
        for problem in read_article(front, Body("", ()), UTC)[1]
        if problem.severity != "repair"
    ]


@pytest.mark.parametrize("tool", FRONTS)
def test_front_matter_of_other_tools_satisfies_it(tool: str) -> None:
    """Articles of other tools satisfy the schema, also without a title or a date."""
    assert list(SCHEMAS[False].iter_errors(FRONTS[tool])) == []
    assert list(SCHEMAS[False].iter_errors({})) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "yes"),
        ("published", "Off"),
        ("quality", "12"),
        ("topics", "AI"),
        ("topics", ["AI", None, "5"]),
        ("title", "2026"),
        ("related", None),
        ("expires", ""),
        ("images", "/a.jpg"),
        ("webUrl", " HTTPS://paper.example/"),
        ("webUrl", "paper.example/a"),
        ("type", ""),
        ("type", "post"),
        ("authors", [{"name": "Ann", "url": "https://ann.example/"}, "Cem"]),
        ("image", {"path": "/a.jpg", "alt": "A"}),
        ("lastmod", ""),
        ("categories", "Ports, Tides"),
        ("url", "/old/address/"),
    ],
)
def test_what_is_read_without_one_does(field: str, value: Any) -> None:
    """Front matter that is read silently satisfies the schema."""
    front = {key: WHOLE[key] for key in WHOLE if key != ALIASES.get(field)} | {field: value}
    assert list(SCHEMAS[False].iter_errors(front)) == []
    assert [
        problem
        for problem in read_article(front, Body("", ()), UTC)[1]
        if problem.severity != "repair"
    ] == []


def test_the_command_prints_it(tmp_path: Path) -> None:
    """The command prints one JSON document for articles, plain pages or files about folders, also
    in a folder without a site.
    """
    done = newsgen("schema", cwd=tmp_path)
    assert json.loads(done.stdout) == json_schema()
    assert json.loads(newsgen("schema", "--page", cwd=tmp_path).stdout) == json_schema("page")
    section = newsgen("schema", "--section", cwd=tmp_path)
    assert json.loads(section.stdout) == json_schema("section")
    assert done.stderr == ""
