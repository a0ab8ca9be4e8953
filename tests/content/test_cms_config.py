"""The config.yml of a content management system: its fields are those that newsgen reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from newsgen.config.settings import load_config
from newsgen.content.cms_config import Cms, cms_config
from newsgen.content.json_schema import Article, Fields, Page, json_schema
from newsgen.content.loader import Options, load_article
from support import ROOT, SmallSite

READING = Options("UTC", "commonmark", ())


def collections(site: SmallSite, cms: Cms = "decap") -> dict[str, Any]:
    """Return the collections by name."""
    found = cms_config(cms, load_config(site.root))["collections"]
    return {one["name"]: one for one in found}


def value_of(field: dict[str, Any]) -> Any:
    """Return what the editor writes for a filled field."""
    inner = {one["name"]: value_of(one) for one in field.get("fields", ())}
    match field["widget"]:
        case "datetime":
            # Day.js: YYYY-MM-DDTHH:mm:ssZ
            return datetime(2026, 1, 30, 8, tzinfo=UTC).isoformat(timespec="seconds")
        case "boolean":
            return field.get("default", False)
        case "number":
            return 3
        case "select":
            return field["options"][0]
        case "list":
            return [inner or "/2020/one/"]
        case "relation":
            return ["One"]
        case "object":
            return inner
        case _ if field["name"] == "focus":
            return "50% 20%"
        case _:
            return "https://paper.example/a" if "rl" in field["name"] else "en"


@pytest.mark.parametrize(("name", "declared"), [("articles", Article), ("pages", Page)])
def test_every_field_can_be_edited(site: SmallSite, name: str, declared: type[Fields]) -> None:
    """The collections of articles and pages have each declared field once, then the body, and
    filled values satisfy the schema.
    """
    fields = collections(site)[name]["fields"]
    names = [field["name"] for field in fields]
    assert names == [*declared.__struct_encode_fields__, "body"]
    front = {field["name"]: value_of(field) for field in fields[:-1]}
    jsonschema.validate(front, json_schema("page" if name == "pages" else "article"))


def test_a_new_article_is_visible(site: SmallSite) -> None:
    """An article with only what the editor requires, and the defaults, is read without a problem
    and not withheld."""
    fields = collections(site)["articles"]["fields"]
    front = {
        field["name"]: value_of(field)
        for field in fields
        if field.get("required", True) or "default" in field
    }
    text = f"---\n{yaml.safe_dump(front)}---\nIt rose.\n"
    article, problems = load_article(text.encode(), READING)
    assert article
    assert problems == []
    assert not article.draft
    assert article.published


def test_folders_of_the_site(site: SmallSite) -> None:
    """Each folder with articles has a collection, and so have pages, topics and authors, at the
    folders in the settings.
    """
    site.settings(content="stories", data="facts", static="files")
    site.write("stories/climate/one.md", "")
    site.write("stories/climate/deep/two.md", "")
    site.write("stories/pages/about.md", "")
    site.write("stories/_drafts/three.md", "")
    found = {one["name"]: one["folder"] for one in collections(site).values()}
    assert found == {
        "articles": "stories",
        "articles-climate": "stories/climate",
        "pages": "stories/pages",
        "topics": "facts/topics",
        "authors": "facts/authors",
    }


@pytest.mark.parametrize("cms", get_args(Cms))
def test_the_command_prints_it(site: SmallSite, cms: Cms) -> None:
    """`newsgen schema --decap` and `--sveltia` print it as YAML without anchors, one at a time."""
    done = site.run("schema", f"--{cms}")
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout) == cms_config(cms, load_config(site.root))
    assert "&id" not in done.stdout
    assert site.run("schema", f"--{cms}", "--page").returncode == 2


def test_data_files_have_the_fields_of_the_docs(site: SmallSite) -> None:
    """Topics and authors have only fields that docs/articles.md names."""
    text = (ROOT / "docs/articles.md").read_text("utf-8")
    for name in ("topics", "authors"):
        for field in collections(site)[name]["fields"]:
            assert f"| `{field['name']}` |" in text
