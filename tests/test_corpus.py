"""The main job on real articles: those of ../shared/corpus, and the demo site with the seed
article."""

from __future__ import annotations

import gzip
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from links import WrittenSite
from newsgen.content.domains import registrable_domain
from newsgen.content.loader import Options, load_article
from newsgen.content.slugs import slugify
from realsites import ARTICLES, CORPORA, SITES, Built, build
from support import CORPUS, ROOT, read_tree

SEED = (
    "2021-11-19-sensetime-gets-green-light-from-hong-kong-exchange"
    "-to-proceed-with-us2-billion-ipo-sources-say"
)
PLATFORMS = ("youtube.com", "msn.com")


@pytest.mark.parametrize("name", CORPORA)
def test_every_published_article_has_a_page(builds: dict[str, Built], name: str) -> None:
    """Articles that are published, or do not say, have pages; others have none.

    No problem is a crash.

    Hidden articles may redirect to their story.
    """
    built = builds[name]
    wanted = set(built.articles())
    pages = {
        file.parent.name
        for file in built.output.glob("news/*/index.html")
        if 'http-equiv="refresh"' not in file.read_text("utf-8")
    }
    assert len(wanted) == ARTICLES[name]
    assert pages == wanted
    assert built.document["articles"] == ARTICLES[name]
    assert not [problem for problem in built.document["problems"] if problem["severity"] == "error"]
    assert "Traceback" not in built.said


@pytest.mark.parametrize("name", CORPORA)
def test_every_article_stands_in_every_list_it_belongs_to(
    builds: dict[str, Built], name: str
) -> None:
    """Each article is in all its lists or their older pages: home, category, topics, source, year,
    month and day.
    """
    built = builds[name]
    slugs = topic_slugs(CORPUS / name / "_data/topics")
    wanted: dict[str, set[str]] = defaultdict(set)
    for stem, front in built.articles().items():
        time = datetime.fromisoformat(front["publishedDateTime"])
        routes = {
            "",
            "news",
            f"{time:%Y}",
            f"{time:%Y/%m}",
            f"{time:%Y/%m/%d}",
            *source_route(front),
        }
        topics = [topic for topic in front.get("topics", []) if topic]
        for route in routes | {
            f"topics/{slugs.get(topic.casefold()) or slugify(topic)}" for topic in topics
        }:
            wanted[route].add(stem)
    for route, stems in wanted.items():
        assert stems <= built.reached(route), route


@pytest.mark.parametrize("name", CORPORA)
def test_every_article_has_one_source(builds: dict[str, Built], name: str) -> None:
    """Each article that names a publisher is in the list of exactly one source."""
    built = builds[name]
    seen: dict[str, int] = defaultdict(int)
    for folder in (built.output / "sources").iterdir():
        if folder.is_dir():
            for stem in built.reached(f"sources/{folder.name}"):
                seen[stem] += 1
    assert seen == dict.fromkeys(built.articles(), 1)


def topic_slugs(folder: Path) -> dict[str, str]:
    """Return the slugs that data files assign to names."""
    out: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        facts = yaml.load(file.read_text("utf-8"), Loader=yaml.CBaseLoader)
        for known in (facts["name"], facts.get("shortname"), facts["_id"]):
            if isinstance(known, str) and known:
                out.setdefault(known.casefold(), facts["_id"])
    return out


def source_route(front: dict[str, Any]) -> set[str]:
    """Return the route of a source's list for a story's URL, or none for platforms, where the
    name decides."""
    host = urlsplit(front.get("webUrl") or "").hostname or front["provider"]["domain"].split("/")[0]
    domain = registrable_domain(host)
    return set() if domain in PLATFORMS else {f"sources/{domain}"}


@pytest.mark.parametrize("name", SITES)
def test_no_value_of_secured_leaks(builds: dict[str, Built], name: str) -> None:
    """No part of a `secured` value is in the output, the cache or the command's output."""
    built = builds[name]
    heads: set[bytes] = set()
    for file in built.content.rglob("*.md"):
        for found in re.finditer(rb'^secured: *"?([^"\n]+)', file.read_bytes(), re.M):
            heads.update(half[:20] for half in found[1].split(b";") if len(half) >= 20)
    assert heads
    told = [
        *read_tree(built.output).values(),
        built.said.encode(),
        *cache_values(built.cache / "cache.sqlite"),
    ]
    for data in told:
        for run in re.findall(rb"[A-Za-z0-9+/=]{20,}", data):
            assert not any(run[i : i + 20] in heads for i in range(len(run) - 19))


def cache_values(file: Path) -> Iterator[bytes]:
    """Yield every value in every table of the cache."""
    db = sqlite3.connect(file)
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in db.execute(f"SELECT * FROM {table}"):
            yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)
    db.close()


@pytest.mark.parametrize("name", SITES)
def test_a_build_from_scratch_gives_the_same_bytes(
    builds: dict[str, Built], name: str, tmp_path: Path
) -> None:
    """Two builds from nothing, one with two processes and one with one, give the same bytes for
    every file."""
    again = build(name, tmp_path / "again", "--jobs", "1")
    assert read_tree(again.output) == read_tree(builds[name].output)
    assert again.document["edition"] == builds[name].document["edition"]


@pytest.mark.parametrize("name", SITES)
def test_every_inner_link_leads_somewhere(builds: dict[str, Built], name: str) -> None:
    """Each internal link, image and fragment in pages, feeds and sitemaps leads to a written
    file."""
    assert WrittenSite(builds[name].output, "https://wire.example").broken() == []


@pytest.mark.parametrize("name", SITES)
def test_pages_are_light(builds: dict[str, Built], name: str) -> None:
    """A page of any kind and its stylesheet take less than 25 KB compressed. Uncompressed, the
    stylesheet takes less than 22 KB and all scripts less than 5 KB. Only the search page has
    another script, of less than 8 KB compressed.
    """
    output = builds[name].output
    (css,) = output.glob("newsgen.*.css")
    assert css.stat().st_size < 22_000
    (search,) = output.glob("search.*.js")
    assert len(gzip.compress(search.read_bytes())) < 8_000
    scripts = [file for file in output.glob("*.*.js") if file != search]
    assert sum(file.stat().st_size for file in scripts) < 5_000
    style = len(gzip.compress(css.read_bytes()))
    weights = {
        file: style + len(gzip.compress(file.read_bytes())) for file in output.rglob("*.html")
    }
    users = [page for page in weights if search.name in page.read_text("utf-8")]
    assert users == [output / "search/index.html"]
    heaviest = max(weights, key=weights.__getitem__)
    assert weights[heaviest] < 25_000, heaviest


@pytest.mark.xdist_group("demo")
def test_every_link_honours_a_path(builds: dict[str, Built], tmp_path: Path) -> None:
    """On a site whose URL has a path, no link, image or logo lacks the path, and none is broken."""
    shutil.copytree(builds["demo"].cache, tmp_path / "demo/cache")  # with the copies of images
    built = build("demo", tmp_path / "demo", "--set", "url=https://x.example/azure")
    site = WrittenSite(built.output, "https://x.example/azure")
    assert site.strays() == []
    assert site.broken() == []


@pytest.mark.xdist_group("demo")
def test_the_seed_is_shown_as_it_should_be(builds: dict[str, Built]) -> None:
    """The seed's page has the source scmp.com, the right quotes, and two related stories with
    sources."""
    built = builds["demo"]
    site = WrittenSite(built.output, "https://wire.example")
    page = site.parsed(f"news/{SEED}/index.html")
    text = " ".join(page.text_content().split())
    assert page.xpath("//main//a[normalize-space()='scmp.com']/@href")
    assert "â€" not in text
    front = built.articles()[SEED]
    for related, source in zip(
        front["related"], ("Biometric Companies", "dealstreetasia"), strict=True
    ):
        (link,) = page.xpath(f"//main//a[@href='{related['webUrl']}']")
        assert link.text_content().strip() == related["title"]
        assert source in text


def test_the_seeds_mojibake_is_mended() -> None:
    """Templates get the seed's text about NIST with the right quotation mark."""
    article, problems = load_article(
        (ROOT / f"content/{SEED}.md").read_bytes(), Options("UTC", "markdown", ())
    )
    assert article
    assert "accuracy in NIST’s facial recognition tests" in article.related[0].excerpt
    assert {problem.code for problem in problems} == {"mojibake", "provider-path"}
