"""The setting `taxonomies`: lists of stories by any key of front matter."""

from __future__ import annotations

import json

import pytest
from lxml import html

from newsgen.content.loader import Options, load_article
from support import SmallSite


def _links(site: SmallSite, path: str, at: str) -> list[tuple[str, str]]:
    page = html.fromstring(site.page(path))
    return [(link.text_content(), link.get("href")) for link in page.xpath(at)]


def test_stories_are_grouped_by_a_key(site: SmallSite) -> None:
    """A key gets an index, and each term pages and feeds; articles link to both."""
    site.settings(
        url="https://wire.example/base",
        per_page=2,
        taxonomies={"series": None, "region": {"title": "Regions"}},
    )
    for n in range(5):
        site.article(f"s{n}", series="Tides, part one", region=["North", {"name": "South"}, 3])
    site.article("other", region="north")
    site.build()
    assert _links(site, "/series/", "//main//ul[@class='groups']//a") == [
        ("Tides, part one", "/base/series/tides-part-one/")
    ]
    assert "<h1>Regions</h1>" in site.page("/region/")
    assert [name for name, _ in _links(site, "/region/", "//main//ul[@class='groups']//a")] == [
        *("3", "North", "South")
    ]
    assert "6 stories" in site.page("/region/north/")
    assert (site.output / "series/tides-part-one/page/1/index.html").exists()
    feed = json.loads(site.page("/series/tides-part-one/feed.json"))
    assert len(feed["items"]) == 5
    assert 'href="/base/series/tides-part-one/feed.xml"' in site.page("/series/tides-part-one/")
    assert _links(site, "/news/s1/", "//p[@class='terms']/a") == [
        ("Series", "/base/series/"),
        ("Tides, part one", "/base/series/tides-part-one/"),
        ("Regions", "/base/region/"),
        ("North", "/base/region/north/"),
        ("South", "/base/region/south/"),
        ("3", "/base/region/3/"),
    ]
    assert "/base/series/" not in site.page("/news/other/")


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: T\ndate: 2026-01-30\nseason: 2026\nlang: de\n---\n",
        '+++\ntitle = "T"\ndate = 2026-01-30\nlang = "de"\n[taxonomies]\nseason = ["2026"]\n+++\n',
        '{"title": "T", "date": "2026-01-30", "season": [2026], "lang": "de"}\n',
    ],
)
def test_terms_are_read_alike_in_each_format(front: str) -> None:
    """Numbers are terms as written; Zola's table has terms too; fields and aliases group
    stories.
    """
    reading = Options("UTC", "commonmark", (), taxonomies=("season", "language", "lang", "none"))
    article = load_article(front.encode(), reading).record
    assert article
    assert article.terms == (("season", ("2026",)), ("language", ("de",)), ("lang", ("de",)))


def test_a_taken_route_gets_a_number(site: SmallSite) -> None:
    """A term whose route a plain page has gets another, and the index comes before a plain page."""
    site.settings(taxonomies={"series": {}})
    site.article("one", series="Tides")
    site.page_file("series/tides")
    site.page_file("series")
    codes = {(one.code, one.severity) for one in site.build().problems}
    assert codes == {("route-conflict", "warning"), ("route-conflict", "error")}
    assert "Story one" in site.page("/series/tides-2/")
    assert "/series/tides-2/" in site.page("/series/")


def test_a_value_that_is_no_name_is_reported(site: SmallSite) -> None:
    """A mapping without a name is left out and reported with its place."""
    site.settings(taxonomies={"series": {}})
    site.article("one", series=[{"part": 1}, "Tides"])
    [problem] = site.build().problems
    assert (problem.code, problem.field) == ("wrong-type", "$.series[0]")
    assert "Story one" in site.page("/series/tides/")


@pytest.mark.parametrize(
    ("taxonomies", "message"),
    [
        ({"Secured": {}}, "taxonomies.Secured names secured, which newsgen never reads"),
        ({"tags": {}}, "taxonomies.tags has lists without this setting"),
        ({"": {}}, "taxonomies has a key without a name"),
        ({"a": None, "series": {"titel": "S"}}, "taxonomies.series.titel is not a setting"),
        ({"series": 3}, "taxonomies.series is not a group of settings"),
    ],
)
def test_wrong_settings_are_refused(
    site: SmallSite, taxonomies: dict[str, object], message: str
) -> None:
    """A taxonomy that cannot be read is an error with its place."""
    site.settings(taxonomies=taxonomies)
    run = site.run("build")
    assert run.returncode == 2
    assert message in run.stderr
