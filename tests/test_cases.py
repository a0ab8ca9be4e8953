"""Faults that users of such tools report, from ../shared/cases/content-*.

Each site is built and behaves as its README says. Skipped if the folder is missing. The cases of
operations are in tests/test_cases_operations.py.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from newsgen.build.pipeline import BuildOptions, Result, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from support import ROOT, newsgen

CASES = ROOT.parent / "shared" / "cases"
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="there is no folder ../shared/cases beside the project"
)


class Case:
    """A built copy of a case's site."""

    def __init__(self, name: str, folder: Path) -> None:
        self.root = folder / name
        shutil.copytree(CASES / name, self.root)
        self.result: Result = self.build()

    def build(self) -> Result:
        """Build the copy in its folder."""
        return build(
            load_config(self.root), BuildOptions(Clock(datetime(2026, 1, 31, 12, tzinfo=UTC)))
        )

    def page(self, route: str) -> str:
        """Return a file of the output. A route with a trailing slash means its index.html."""
        return (
            self.root
            / "site"
            / (route + "index.html" if route.endswith("/") or not route else route)
        ).read_text("utf-8")

    @property
    def body(self) -> str:
        """Return the body of the page of `content/a.md`."""
        found = re.search(
            r'<div class="body[^>]*>(.*?)</div>\s*(?:<|$)', self.page("news/a/"), re.S
        )
        assert found, "the page has no body"
        return found[1]

    @property
    def headline(self) -> str:
        """Return the headline of the page of `content/a.md`."""
        (title,) = etree.HTML(self.page("news/a/")).xpath("//h1//text()")
        return str(title)

    @property
    def codes(self) -> list[str]:
        """Return the codes of all problems."""
        return [problem.code for problem in self.result.problems]

    def check_fix(self) -> dict[str, bytes]:
        """Return the content files after `newsgen check --fix`."""
        assert newsgen("check", "--fix", cwd=self.root).returncode in (0, 1)
        return {path.name: path.read_bytes() for path in (self.root / "content").iterdir()}


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """The case named at the start of the test's name: `test_05_...` is content-05-*."""
    number = request.node.name.split("_")[1]
    (name,) = (path.name for path in CASES.glob(f"content-{number}-*"))
    return Case(name, tmp_path)


def test_00_references_to_controls(case: Case) -> None:
    """Feeds are valid XML, and the text around the character stays."""
    for feed in ("feed.xml", "atom.xml"):
        assert b"word processor:next line" in etree.tostring(
            etree.fromstring(case.page(feed).encode())
        )


def test_01_a_static_file_in_the_place_of_an_article(case: Case) -> None:
    """The static file keeps its place, the conflict is reported, and the rest is built."""
    assert case.page("news/a/") == (case.root / "static/news/a/index.html").read_text("utf-8")
    assert "route-conflict" in case.codes
    assert case.page("news/b/")


def test_02_a_static_file_above_articles(case: Case) -> None:
    """The conflict is reported, and the rest is built."""
    assert "route-conflict" in case.codes
    assert case.page("")


def test_04_values_that_are_not_understood(case: Case) -> None:
    """None of the seven articles is published, and each is reported but the one with
    `status: draft`, which is read as another name of `draft`.
    """
    assert case.result.articles == 0
    assert not list((case.root / "site").glob("news/*/index.html"))
    told = {problem.file for problem in case.result.problems}
    assert told == {f"content/{i}.md" for i in (0, 1, 2, 3, 4, 6)}


def test_05_portuguese_capitals(case: Case) -> None:
    """The title stays unchanged, also in the file."""
    assert case.headline == "Guerra no “IRÃ” e tensão IRÃ–EUA"
    assert case.check_fix() == {"a.md": (CASES / case.root.name / "content/a.md").read_bytes()}


def test_06_closing_quotes(case: Case) -> None:
    """Every quotation opens and closes with its own mark."""
    marks = "".join(re.findall("[“”]", case.body))
    assert marks == "“”" * 6


def test_07_quotes_in_japanese_and_chinese(case: Case) -> None:
    """Each language keeps its own marks, in the right direction."""
    assert "彼は「はい」と言った。" in case.page("news/a/")
    assert "他说“你好”了。" in case.page("news/b/")


def test_08_a_category_named_media(case: Case) -> None:
    """Only copies of images may be cached for a year.

    Pages below /media/ are not, or the conflict is reported.
    """
    blocks = re.findall(r"^(/\S*)\n((?:[ \t]+.*\n?)+)", case.page("_headers"), re.M)
    immutable = [path for path, headers in blocks if "immutable" in headers]
    assert "/media/*" not in immutable or "route-conflict" in case.codes


def test_09_descriptions_are_html(case: Case) -> None:
    """In RSS, a tag written as text is escaped as HTML, then as XML."""
    assert "&amp;lt;video&amp;gt;" in case.page("feed.xml")


def test_10_authors_and_tags(case: Case) -> None:
    """All feeds name both authors."""
    rss = etree.fromstring(case.page("feed.xml").encode())
    creators = " ".join(rss.xpath("//*[local-name()='creator']/text()"))
    atom = " ".join(
        etree.fromstring(case.page("atom.xml").encode()).xpath(
            "//*[local-name()='author']/*[local-name()='name']/text()"
        )
    )
    authors = " ".join(
        author["name"]
        for item in json.loads(case.page("feed.json"))["items"]
        for author in item["authors"]
    )
    for named in (creators, atom, authors):
        assert "Ada Lin" in named
        assert "Bo Ek" in named


def test_12_fences_in_lists(case: Case) -> None:
    """Both fences are code blocks, with their HTML as text."""
    body = re.sub("</?span[^>]*>", "", case.body)
    assert body.count("<pre") == 2
    assert "&lt;script src=" in body
    assert body.count("&lt;p&gt;hi&lt;/p&gt;") == 2


def test_13_info_strings(case: Case) -> None:
    """There are three code blocks, with the prose between them."""
    assert case.body.count("<pre") == 3
    assert "<p>The harbour road did not hold.</p>" in case.body
    assert "<em>prose</em>" in case.body


def test_14_ids_are_unique(case: Case) -> None:
    """The body keeps its ids, and each id occurs once on the page."""
    ids = etree.HTML(case.page("news/a/")).xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"main", "corrections"} <= set(ids)


def test_15_updated_on_the_day_of_publication(case: Case) -> None:
    """There is no warning, and the page shows the update on that day."""
    assert case.codes == []
    assert re.search(
        r'Updated:? *<time datetime="2026-01-30">January 30, 2026</time>', case.page("news/a/")
    )


def test_16_a_static_file_named_media(case: Case) -> None:
    """The file is copied, or the conflict is reported if a page or an image needs a folder there.

    The rest is built.
    """
    copied = (case.root / "site/media").is_file()
    assert copied or "route-conflict" in case.codes
    assert case.page("news/a/")


@pytest.mark.parametrize("number", ["17", "18"])
def test_yaml_that_is_read(number: str, tmp_path: Path) -> None:
    """A line with a tab and a redefined anchor are read."""
    (name,) = (path.name for path in CASES.glob(f"content-{number}-*"))
    assert Case(name, tmp_path).result.articles == 1


def test_19_labels_end_in_a_whole_character(case: Case) -> None:
    """The label of the table's box does not end inside a character reference."""
    (label,) = re.findall(r'aria-label="(x[^"]*)"', case.page("news/a/"))
    assert not re.search(r"&(?!amp;)|&amp;\w", label)


def test_21_no_break_spaces(case: Case) -> None:
    """No-break spaces stay, on the page and in the files."""
    folder = CASES / case.root.name / "content"
    for name in ("a", "b"):
        title = re.search('^title: "?(.*?)"?$', (folder / f"{name}.md").read_text("utf-8"), re.M)
        assert title
        assert title[1] in case.page(f"news/{name}/")
    assert case.check_fix() == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_22_titles_that_yaml_cuts(case: Case) -> None:
    """Each title is reported, and the whole line shown."""
    told = newsgen("build", "--as-of", "2026-01-31", cwd=case.root).stderr
    for line in ("title: The #1 song", "title: !Important news", "title: &c and more"):
        assert line in told
    assert told.count("[cut-value]") == 3


def test_24_named_anchors(case: Case) -> None:
    """The name becomes an id, and the link leads there."""
    assert 'id="here"' in case.body
    assert 'href="#here"' in case.body


def test_25_spaces_in_addresses(case: Case) -> None:
    """The link is encoded, also in feeds, and leads to the file."""
    assert 'href="/my%20file.pdf"' in case.body
    assert "/my%20file.pdf" in case.page("feed.xml")
    assert newsgen("check", "--links", cwd=case.root).returncode == 0


def test_27_a_date_alone(case: Case) -> None:
    """No time of day is shown."""
    assert '<time datetime="2026-01-30">January 30, 2026</time>' in case.page("news/a/")
    assert "12:00" not in case.page("news/a/")


def test_30_footnotes_with_spaces(case: Case) -> None:
    """The id has no spaces, and the reference leads to it."""
    ids = re.findall(r'id="([^"]*)"', case.body)
    assert not [name for name in ids if " " in name]
    links = re.findall(r'href="#([^"]*)"', case.body)
    assert links
    assert set(links) <= set(ids)
