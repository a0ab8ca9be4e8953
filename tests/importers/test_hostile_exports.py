"""Exports made to harm a site, to stop an import or to make it costly."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from newsgen.importers.wordpress_html import wordpress_html

from .exports import ImportSite, wxr, wxr_item


@pytest.fixture
def place(tmp_path: Path) -> ImportSite:
    return ImportSite(tmp_path / "site")


def ghost(*posts: dict[str, Any], **tables: object) -> str:
    """Return an export of Ghost with these posts."""
    common = {
        "title": "Tide", "html": "<p>x</p>", "status": "published", "visibility": "public",
        "published_at": "2026-01-30T08:00:00.000Z",
    }  # fmt: skip
    rows = [{"id": str(n), "slug": f"post-{n}"} | common | one for n, one in enumerate(posts)]
    return json.dumps({"db": [{"data": {"posts": rows, **tables}}]})


MEDIA = {
    "above the folder": "/../../wp-content/uploads/a.png",
    "above the folder, encoded": "/%2e%2e/%252e%252e/wp-content/uploads/a.png",
    "above the folder, with the site": "https://old.example/x/../../wp-content/uploads/a.png",
    "a link elsewhere": "/wp-content/uploads/link.png",
    "a page": "/wp-content/uploads/index.html",
    "a page at the top": "/index.html",
    "settings of a host": "/_headers",
    "a program": "/wp-content/uploads/x.php",
    "a drawing with a script": "/wp-content/uploads/script.svg",
    "a NUL": "/wp-content/uploads/a%00.png",
    "a long name": f"/wp-content/uploads/{'n' * 300}.png",
    "a long path": f"/wp-content/uploads/{'n/' * 3_000}a.png",
    "a backslash": "/..\\..\\wp-content\\uploads/a.png",
    "a file as a folder": "/wp-content/uploads/a.png/wp-content/uploads/a.png",
    "no address": "http://[x/wp-content/uploads/a.png",
}


def test_media_stay_in_their_folders(place: ImportSite, tmp_path: Path) -> None:
    """Only media files are copied, from the folder of uploads into the static folder."""
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    for name in ("a.png", "index.html", "_headers", "x.php"):
        (uploads / name).write_bytes(b"x")
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    (uploads / "script.svg").write_bytes(script)
    os.symlink("/etc/passwd", uploads / "link.png")
    before = {path for path in tmp_path.rglob("*") if place.root not in path.parents}
    bodies = [f'<p><a href="{one}">x</a> <img src="{one}"></p>' for one in MEDIA.values()]
    first = '<img src="/wp-content/uploads/a.png">'
    place.run("wordpress", wxr(wxr_item("m", first + "".join(bodies))), "--media", uploads)
    static = place.root / "static"
    copied = {str(path.relative_to(static)) for path in static.rglob("*") if path.is_file()}
    assert copied == {"wp-content/uploads/a.png"}
    after = {path for path in tmp_path.rglob("*") if place.root not in path.parents}
    assert after - before == {tmp_path / "export-wordpress"}


def test_fields_with_line_breaks(place: ImportSite) -> None:
    """No field of an export adds a line to front matter, settings or a data file."""
    words = "x\nsecured: QUJD;REVG\ndraft: false\n---\n"
    fields = ("title", "slug", "custom_excerpt", "locale", "canonical_url", "feature_image")
    user = {"id": "1", "name": words, "slug": "../../../evil", "bio": words, "website": words}
    settings = [{"key": key, "value": words} for key in ("title", "description", "locale")]
    text = ghost(dict.fromkeys(fields, words), users=[user], settings=settings)
    place.run("ghost", text)
    for file in place.root.rglob("*"):
        if file.suffix in (".md", ".yaml"):
            lines = file.read_text("utf-8").splitlines()
            assert not any(line.lstrip().startswith(("secured", "draft")) for line in lines), lines
    assert place.built().is_dir()
    assert not list(place.root.parent.glob("*evil*"))


HOSTILE = {
    "wordpress": wxr(
        wxr_item("over-the-budget", "word " * 70_000),
        wxr_item("nested", "<div>" * 5_000),
        wxr_item("many", "<br>x" * 30_000),
        wxr_item("title", "x", title="Tide ---"),
        *(wxr_item("\U00020000" * 99, n, wp__post_id=n) for n in "ab"),
    ),
    "ghost": ghost(
        {"title": "a\ud83d", "html": "<p>\udc00b", "slug": "half"},
        dict.fromkeys(("title", "html", "slug", "locale"), 1),
        {"published_at": 1e300},
        {"published_at": True},
        posts_tags=[{"post_id": "0", "sort_order": "x"}],
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_posts_stop_no_import(place: ImportSite, kind: str) -> None:
    """All posts are imported, whatever they contain; a body over a budget is left out with a
    problem.
    """
    found = place.run(kind, HOSTILE[kind])
    assert found["new"] == len(list((place.root / "content").rglob("*.md")))
    assert found["new"] == (6 if kind == "wordpress" else 4)
    told = [one["message"] for one in found["problems"]]
    budgets = ["nesting", "elements"] if kind == "wordpress" else []
    assert len(told) == len(budgets)
    assert all(f"(budgets.{name})" in one for name, one in zip(budgets, told, strict=True))
    assert place.run(kind, HOSTILE[kind])["new"] == 0


REFUSED: dict[str, tuple[str, str, str]] = {
    "nested objects": ("ghost", '{"db": [{"data": {"posts": [' + '{"a":' * 99_999, "too deeply"),
    "nested arrays": ("ghost", '{"db": [{"data": {"posts": [{"a":' + "[" * 99_999, "too deeply"),
    "a document type": ("wordpress", '<!DOCTYPE rss [<!ENTITY a SYSTEM "/etc/passwd">]>' + wxr(
        wxr_item("x", "&a;")).partition("?>")[2], "document type"),
    "entities in an attribute": ("wordpress", '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        ) + ']><rss version="&i;"/>', "not an export"),
    "compressed": ("wordpress", "\x1f\x8b\x08", "not an export"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_export_that_is_none(place: ImportSite, name: str) -> None:
    """A file that cannot be read safely is quickly refused with a message."""
    kind, text, words = REFUSED[name]
    found = place.run(kind, text, code=2)
    assert words in found["problems"][0]["message"]


# Each of these took quadratic time: a minute for this size.
UNITS = (
    *(" ", "\n ", "\r", "<pre>", "<pre>x</pre ", "<script ", "<br> ", "<!--", "<!-- nextpage "),
    *("<!-- wp:a {", "<!-- wp:a {} ", '<!-- wp:block {"ref":1', "[a]", "[caption]", "[caption]<a "),
)


@pytest.mark.parametrize("unit", UNITS)
def test_html_of_wordpress_in_linear_time(unit: str) -> None:
    """Unclosed markup is converted in linear time."""
    content = f"<!-- wp:x -->{unit * (150_000 // len(unit))}"
    assert wordpress_html(content, lambda numbers: [], {}).html
    wordpress_html(content[13:], lambda numbers: [], {})
