"""A hostile article harms no page and costs no build.

Content beyond the budgets is left out, and the article keeps its page.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from msgspec import structs

from content.test_body import Judge
from hostile import ALL, COSTLY, COSTLY_BODIES, MISLEADING, article
from newsgen.content.body.embeds import Hosts
from newsgen.content.loader import Options, load_article
from support import CORPUS, SmallSite, started

READING = Options("UTC", "markdown", ("extra", "sane_lists", "smarty"))
BOTH = [READING, Options("UTC", "commonmark", ())]
# Once well-formed, these cost no more than others of the same size.
WITHIN = {
    "formatting left open",
    "one formatting element left open",
    "links left open in cells",
    "attribute lists left open",
    "words in place of code",
    "words in another place of code",
    "code of many languages",
}


@pytest.mark.parametrize("options", BOTH, ids=lambda options: options.engine)
@pytest.mark.parametrize("name", ALL)
def test_an_article_keeps_its_page_and_stays_within_budgets(name: str, options: Options) -> None:
    """Any article is read, and its body is safe and within the budgets.

    What was left out is named.
    """
    record, problems = load_article(ALL[name], options)
    assert record is not None
    assert Judge(record.body).wrong == []
    assert len(record.body) <= options.budgets.output
    assert record.body.count("<") <= 3 * options.budgets.elements
    assert len(record.title) <= options.budgets.text
    assert len(record.topics) <= options.budgets.names
    if not record.body:
        assert [p.code for p in problems if p.code == "over-budget"] or name in MISLEADING


@pytest.mark.parametrize("name", [name for name in COSTLY_BODIES if name not in WITHIN])
def test_a_body_beyond_its_budget_is_left_out(name: str) -> None:
    """The whole body is left out, and the problem names the budget and its setting."""
    record, problems = load_article(COSTLY[name], READING)
    assert record is not None
    assert record.body == ""
    (problem,) = [problem for problem in problems if problem.code == "over-budget"]
    assert problem.severity == "warning"
    assert "(budgets." in problem.message
    assert "budgets." in problem.hint


@pytest.mark.parametrize(
    ("budget", "body", "fields"),
    [
        ("body", "word " * 100, {}),
        ("work", "*a* " * 90, {}),
        ("elements", "a\n\n" * 30, {}),
        ("nesting", "> > > > > > x", {}),
        ("output", "&amp;<>" * 55, {}),
        ("names", "x", {"topics": ["a", "b", "c"]}),
        ("items", "x", {"aliases": ["/a/", "/b/", "/c/"]}),
        ("text", "x", {"excerpt": "word " * 20}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_each_budget_is_a_setting(
    site: SmallSite, budget: str, body: str, fields: dict[str, object]
) -> None:
    """Content beyond a budget in the settings is missing from the page; with the default it is
    there."""
    site.settings(
        markdown={"engine": "markdown"},
        budgets={
            "body": 400,
            "work": 9_000,
            "elements": 20,
            "nesting": 5,
            "output": 600,
            "names": 2,
            "items": 2,
            "text": 50,
        },
    )
    site.article("over", body=body, **fields)
    problems = [problem for problem in site.build().problems if problem.code == "over-budget"]
    assert [(problem.file, f"(budgets.{budget})" in problem.message) for problem in problems] == [
        ("content/over.md", True)
    ]
    assert "Story over" in site.page("/news/over/")
    site.settings()
    assert [problem for problem in site.build().problems if problem.code == "over-budget"] == []


def test_images_of_other_hosts_cannot_pass_for_own_ones() -> None:
    """A URL that browsers resolve to another host counts as remote, however it is written.

    It is loaded over https, and links to it have a `rel`.
    """
    record, _ = load_article(MISLEADING["an image of another host"], READING)
    assert record is not None
    assert record.body.count('src="https://evil.example/') == 3
    assert record.links == ()
    record, _ = load_article(
        article("[a](/\\evil.example/) <a href='&#9;//evil.example/'>b</a> <a href='/a\\b/'>c</a>"),
        READING,
    )
    assert record is not None
    assert record.body.count('<a rel="external noopener" href="https://evil.example/">') == 2
    assert record.links == ("/a/b/",)


def test_a_poster_is_an_image_of_another_host() -> None:
    """A video shows no poster from a host that is not allowed for audio and video."""
    video = article("<video src=/a.mp4 poster=//evil.example/x.gif></video>")
    record, problems = load_article(video, READING)
    assert record is not None
    assert "evil" not in record.body
    assert [problem.code for problem in problems] == ["embed-left-out"]
    options = structs.replace(READING, hosts=Hosts(media=("evil.example",)))
    record, problems = load_article(video, options)
    assert record is not None
    assert 'poster="https://evil.example/x.gif"' in record.body
    assert problems == []


@pytest.mark.parametrize("options", BOTH, ids=lambda options: options.engine)
def test_no_text_is_turned_around(options: Options) -> None:
    """Text-direction controls are removed from bodies as from titles, written as characters or
    references."""
    record, problems = load_article(MISLEADING["a turned direction"], options)
    assert record is not None
    assert record.title == "A turn"
    assert record.body == "<p>Send gpj.exe to them now</p>"
    assert [problem.field for problem in problems if problem.code == "invisible-character"] == [
        "$.title",
        "$",
    ]


@pytest.mark.corpus
def test_no_real_article_exceeds_a_default_budget() -> None:
    """No article of the corpora exceeds a budget, nor do the test bodies for WordPress and Ghost
    themes."""
    over = []
    for file in CORPUS.rglob("*.md"):
        _, problems = load_article(file.read_bytes(), READING)
        over += [(file, problem.message) for problem in problems if problem.code == "over-budget"]
    assert over == []
    for name, body in imported():
        for options in BOTH:
            record, problems = load_article(article(body), options)
            assert record is not None
            assert [
                problem.message for problem in problems if problem.code == "over-budget"
            ] == [], name


def imported() -> list[tuple[str, str]]:
    """Return the bodies of WordPress exports (RSS with `content:encoded`) and Ghost exports
    (JSON)."""
    folder = CORPUS.parent / "import"
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
    found = [
        (str(item.findtext("title")), item.findtext(encoded) or "")
        for file in folder.glob("*.xml")
        for item in ElementTree.parse(file).iter("item")
    ]
    for file in folder.glob("*.json"):
        posts = json.loads(file.read_bytes())["db"][0]["data"]["posts"]
        found += [(post["title"], post.get("html") or "") for post in posts]
    return found


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of some work, including all its processes."""
    before = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - before


def ten_articles(folder: Path) -> SmallSite:
    site = SmallSite(folder)
    for i in range(10):
        site.article(f"good-{i}", body=f"Story {i}, with *some* text.\n\n" * 10)
    return site


class Cost(NamedTuple):
    """The CPU time of ten ordinary articles: of the real command, and of the build within it."""

    command: float
    build: float


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Cost:
    """Return the cost of ten ordinary articles."""
    site, again = (ten_articles(tmp_path_factory.mktemp("ordinary")) for _ in range(2))
    command = cpu_seconds(lambda: started("build", "--jobs", "1", cwd=site.root, env=os.environ))
    assert (site.output / "index.html").is_file()
    return Cost(command, cpu_seconds(again.build))


@pytest.mark.parametrize("name", COSTLY)
def test_a_hostile_article_costs_little(tmp_path: Path, ordinary: Cost, name: str) -> None:
    """With the hostile article, a build takes at most twice the CPU time of the ten ordinary
    ones, plus a second. Of three builds the cheapest counts: a busy machine only adds to it."""
    for attempt in range(3):
        site = ten_articles(tmp_path / str(attempt))
        site.write("content/hostile.md", COSTLY[name])
        more = cpu_seconds(site.build) - ordinary.build
        assert (site.output / "news/hostile/index.html").is_file()
        if ordinary.command + more <= 2 * ordinary.command + 1:
            return
    pytest.fail(f"{more:.1f} seconds more than {ordinary.command:.1f}")
