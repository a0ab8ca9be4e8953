"""What newsgen writes, as the checkers of others see it: HTML, CSS, links, feeds, sitemaps.

`scripts/test-tools` installs those that are no Python packages.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import msgspec
import pytest
from lxml import etree
from msgspec import Raw
from reader import make_reader

from builder.making import doc, make_plan, planning
from conformance.checkers import NODE, npm_package
from newsgen.core.media import Media
from newsgen.core.model import Article, Summary
from newsgen.pages.encoded_page import encode_page
from newsgen.pages.hydrate import PageSet
from newsgen.pages.sitemaps import plan_sitemaps
from newsgen.render.renderer import Renderer
from newsgen.render.templates import Templates
from newsgen.store.records import FileRecord
from realsites import SITES, Builds
from support import PATIENCE, ROOT, STANDARDS

HERE = Path(__file__).parent
# Half the processor time: without the optimising compiler, which pays only in long runs. It needs a
# larger stack.
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
BROKEN = (
    '<!doctype html><html lang="en"><title>x</title><p><h1 id="a" id="a">x</b></h1><img '
    'src="/no.png"><a href="#none">x</a>'
)


def nu(*places: Path) -> list[dict[str, Any]]:
    """Return the messages of the Nu checker (of validator.w3.org), warnings included, about these
    pages and all pages below these folders.
    """
    jar = npm_package("vnu-jar") / "build/dist/vnu.jar"
    done = subprocess.run(
        [*JAVA, "-jar", jar, "--format", "json", "--skip-non-html", *places],
        capture_output=True,
        timeout=PATIENCE,
    )
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return messages


def html_validate(*places: Path) -> list[dict[str, Any]]:
    """Return the messages of html-validate about these pages and all pages below these folders."""
    package = npm_package("html-validate")
    command = [
        NODE,
        package / "bin/html-validate.mjs",
        "--config",
        HERE / "html-validate.mjs",
        "--formatter",
        "json",
        *places,
    ]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    assert done.stdout, done.stderr.decode()
    return [
        {"file": file["filePath"], **message}
        for file in json.loads(done.stdout)
        for message in file["messages"]
    ]


def stylelint(css: str) -> list[str]:
    """Return the messages of stylelint about a stylesheet."""
    npm_package("stylelint-config-standard")
    command = [
        NODE,
        npm_package("stylelint") / "bin/stylelint.mjs",
        "--stdin",
        "--config",
        HERE / "stylelint.yaml",
        "--formatter",
        "unix",
    ]
    done = subprocess.run(
        command, input=css, capture_output=True, text=True, timeout=PATIENCE, cwd=HERE
    )
    return (done.stdout + done.stderr).splitlines()


def linkinator(folder: Path) -> list[str]:
    """Return the broken addresses that linkinator finds in the pages and stylesheets of a site; it
    follows all links from the home page.
    """
    options = [
        "--recurse",
        "--check-fragments",
        "--check-css",
        "--skip",
        "^https?://(?!localhost)",
        "--format",
        "json",
    ]
    command = [NODE, npm_package("linkinator") / "build/src/cli.js", folder.name, *options]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, cwd=folder.parent
    )
    links = json.loads(done.stdout)["links"]
    assert len(links) > 1, done.stderr
    return [link["url"] for link in links if link["state"] == "BROKEN"]


@pytest.mark.needs("java")
@pytest.mark.parametrize("name", SITES)
def test_pages_are_valid(builds: Builds, name: str) -> None:
    """The Nu checker has no error and no warning for any page of the demo, or, for the corpora, for
    a page of each kind and each tenth page.
    """
    built = builds[name]
    if name == "demo":
        assert nu(built.output) == []
    else:
        tenth = sorted(built.output.rglob("*.html"))[::10]
        assert nu(*{*map(built.file, built.every_kind()), *tenth}) == []


@pytest.mark.parametrize("name", SITES)
def test_pages_keep_the_rules_of_html_validate(builds: Builds, name: str) -> None:
    """html-validate finds nothing by its rules (recommended, accessibility, documents) on any page
    of the demo or any kind of page of the corpora.
    """
    built = builds[name]
    assert (
        html_validate(*([built.output] if name == "demo" else map(built.file, built.every_kind())))
        == []
    )


@pytest.mark.parametrize("name", SITES[:1])
def test_no_link_is_broken(builds: Builds, name: str) -> None:
    """linkinator reaches every page of the site from its home page and finds no broken link, image
    or fragment.
    """
    assert linkinator(builds[name].output) == []


def test_the_stylesheet_keeps_the_rules() -> None:
    """The theme's stylesheets satisfy the standard rules of stylelint, with the exceptions
    explained in stylelint.yaml.
    """
    sheets = sorted([*ROOT.glob("static/*.css"), *ROOT.glob("themes/*/static/*.css")])
    assert [found for file in sheets for found in stylelint(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", SITES)
def test_feeds_are_read(builds: Builds, name: str) -> None:
    """feedparser reads every RSS and Atom feed without complaint, and every JSON feed satisfies its
    schema.
    """
    schema = json.loads((npm_package("jsonfeed-schema") / "schema-v1.1.json").read_bytes())
    check = jsonschema.validators.validator_for(schema)(schema)
    folder = builds[name].output
    found = [*folder.rglob("feed.xml"), *folder.rglob("atom.xml")]
    assert found
    for file in found:
        feed = feedparser.parse(file.read_bytes())
        assert not feed.bozo, (file, feed.bozo_exception)
        entries = json.loads((file.parent / "feed.json").read_bytes())
        assert [*check.iter_errors(entries)] == [], file
        assert [entry.title for entry in feed.entries] == [
            item["title"] for item in entries["items"]
        ]


@pytest.mark.parametrize("name", SITES)
def test_a_reader_subscribes(builds: Builds, name: str) -> None:
    """The library `reader` finds in each format the same number of stories, each with its identity,
    address and time.
    """
    folder = builds[name].output
    stories: list[set[tuple[Any, ...]]] = []
    for file in ("feed.xml", "atom.xml", "feed.json"):
        with make_reader(":memory:", feed_root=str(folder)) as reader:
            reader.add_feed(file)
            reader.update_feeds()
            assert reader.get_feed(file).last_exception is None
            stories.append(
                {
                    (entry.id, entry.link, entry.title, entry.published)
                    for entry in reader.get_entries()
                }
            )
    assert stories[0] == stories[1] == stories[2]
    assert len(stories[0]) == min(30, builds[name].document["articles"])
    assert all(link and time for _, link, _, time in stories[0])


@pytest.mark.standards
@pytest.mark.parametrize("name", SITES)
def test_sitemaps_are_valid(builds: Builds, name: str) -> None:
    """The sitemap satisfies the schemas of sitemaps.org."""
    valid("all.xsd", builds[name].output / "sitemap.xml")


@pytest.mark.standards
def test_parted_sitemaps_and_the_news_sitemap_are_valid(tmp_path: Path) -> None:
    """The index of a sitemap in parts, each part, and the news sitemap satisfy their schemas."""
    plan = planning([doc(f"{i}.md", webUrl="https://paper.example/?a=1&b=2") for i in range(7)])
    face = Raw(msgspec.msgpack.encode(Summary("Tom & Jerry <em>", "", None)))
    views = PageSet(
        make_plan(plan),
        {f"{i}.md": FileRecord(f"{i}.md", 0, 0, 0, 0, b"", summary=face) for i in range(7)},
        plan.settings,
        Media({}, b""),
    )
    renderer = Renderer(
        Templates(tmp_path, [ROOT / "templates"], ROOT, {}),
        plan.settings,
        views,
        no_article,
        tmp_path,
    )
    schemas = {"/sitemap.xml": "siteindex.xsd", "/robots.txt": ""}
    for page in plan_sitemaps(plan, [], limit=3):
        file = tmp_path / "file.xml"
        file.write_bytes(renderer.render(encode_page(page)))
        if schema := schemas.get(page.route, "all.xsd"):
            valid(schema, file)


def no_article(keys: Collection[bytes]) -> dict[bytes, Article]:
    raise KeyError(keys)


def valid(schema: str, file: Path) -> None:
    """Fail unless the file is valid by one of the schemas."""
    etree.XMLSchema(etree.parse(STANDARDS / schema)).assertValid(etree.parse(file))


@pytest.mark.needs("java")
def test_the_checkers_find_what_is_broken(tmp_path: Path) -> None:
    """Each checker is effective: a page with faults of many kinds and a bad stylesheet fail all of
    them.
    """
    (tmp_path / "index.html").write_text(BROKEN)
    assert {message["type"] for message in nu(tmp_path)} >= {"error"}
    assert {"doctype-style", "no-dup-attr"} <= {
        message["ruleId"] for message in html_validate(tmp_path)
    }
    assert len(linkinator(tmp_path)) == 2
    assert stylelint("a { colour: #ffff; }") != []
