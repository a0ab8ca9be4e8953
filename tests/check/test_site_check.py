"""`newsgen check`: the problems that it finds in a site, without writing anything, and none in a
good site.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import CORPUS, ROOT, SmallSite, newsgen, read_tree
from test_bad_places import mounted

CLOCK = ("--as-of", "2026-01-31T12:00")


def check(site: SmallSite, *options: str) -> tuple[dict[str, Any], int]:
    """The JSON document of `newsgen check`, and its exit code."""
    done = site.run("check", "--json", *CLOCK, *options)
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout), done.returncode


def found(document: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return [(p["code"], p["file"], p["line"], p["column"]) for p in document["problems"]]


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file below a folder, with its bytes and its time."""
    return {
        str(file): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def test_a_site_that_is_fine(site: SmallSite) -> None:
    """A good site has no problem, nothing is written, not even a cache, and --strict ends with
    0.
    """
    before = state(site.root)
    document, code = check(site, "--strict")
    assert (document["problems"], document["counts"], code) == ([], {}, 0)
    assert (document["articles"], document["pages"] > 20) == (2, True)
    assert state(site.root) == before
    assert not (site.root / ".newsgen").exists()


def test_problems_and_repairs_of_articles_and_data(site: SmallSite) -> None:
    """Errors, warnings and repairs of articles, plain pages and data files are reported with their
    places, counted by code.
    """
    site.write("content/bad.md", "---\ntitle: [\n---\n")
    site.write("content/none.md", "---\nexcerpt: x\n---\n")
    site.article("dirty", title="A &amp; B", webUrl="javascript:alert(1)", topics=["AI ", None])
    site.page_file("about", excerpt="Caf\u00c3\u00a9")
    site.write("_data/topics/01-ai.yaml", '_id: ai\nname: AI: all of it\nshortname: "AI\u200b"\n')
    document, code = check(site, "--strict")
    assert sorted(found(document)) == [
        ("colon-in-scalar", "_data/topics/01-ai.yaml", 2, 7),
        ("entity", "content/dirty.md", 2, 8),
        ("invisible-character", "_data/topics/01-ai.yaml", 3, 12),
        ("malformed-yaml", "content/bad.md", 3, 1),
        ("missing-date", "content/none.md", 2, 1),
        ("mojibake", "content/pages/about.md", 3, 10),
        ("null-item", "content/dirty.md", 9, 1),
        ("unsafe-url", "content/dirty.md", 4, 9),
        ("white-space", "content/dirty.md", 9, 3),
    ]
    assert [p["severity"] for p in document["problems"]] == ["error"] * 2 + ["warning"] * 2 + [
        "repair"
    ] * 5
    assert document["counts"]["entity"] == 1
    assert all(problem["message"] for problem in document["problems"])
    assert code == 1


def test_what_counts_under_strict(site: SmallSite) -> None:
    """Under --strict, repairs and codes in `check.allow` do not count; without it, nothing does."""
    site.article("dirty", title="A &amp; B")
    assert check(site, "--strict")[1] == 0
    site.article("worse", webUrl="javascript:alert(1)")
    assert check(site)[1] == 0
    assert check(site, "--strict")[1] == 1
    assert check(site, "--strict", "--set", "check.allow=[unsafe-url]")[1] == 0


def test_links_of_bodies(site: SmallSite) -> None:
    """Links to missing pages and missing parts of pages are reported with their places; others are
    not.
    """
    site.settings(url="https://wire.example/azure")
    site.article(
        "three",
        "## Part one {#first}\n\n[fine](/news/two/) [fine](../two/#more) [fine](/topics/ai/) "
        "[fine](#first) [fine](/feed.xml)\n"
        "[fine](https://elsewhere.example/x) [fine](mailto:a@b.example) "
        "[fine](https://wire.example/azure/news/two/?a=b) fine[^1]\n\n"
        "[gone](/news/gone/) and [gone](../gone2/ 'x')\n[no slash](/news/two) "
        "![no](/a.png)\n[no part](/news/two/#nowhere) [no](#second)\n"
        "[ours](https://wire.example/azure/x/) [not "
        "ours](https://wire.example/other/)\n\n[^1]: A note.\n",
    )
    site.article("two", '<p id="more">x</p>')
    site.page_file("about", "[gone](/nowhere/)")
    document, _ = check(site)
    told = {
        (p["code"], p["file"], p["source"][p["column"] - 1 :].split(")")[0].split(" ")[0])
        for p in document["problems"]
    }
    assert told == {
        ("broken-fragment", "content/three.md", "/news/two/#nowhere"),
        ("broken-fragment", "content/three.md", "#second"),
        ("broken-link", "content/pages/about.md", "/nowhere/"),
        ("broken-link", "content/three.md", "/news/gone/"),
        ("broken-link", "content/three.md", "../gone2/"),
        ("missing-image", "content/three.md", "/a.png"),
        ("broken-link", "content/three.md", "/news/two"),
        ("broken-link", "content/three.md", "https://wire.example/azure/x/"),
    }
    hints = [problem["hint"] for problem in document["problems"] if problem["hint"]]
    assert [hint for hint in hints if "news/two/, with a slash" in hint]
    assert {problem["severity"] for problem in document["problems"]} == {"warning"}


def test_links_of_the_menu(site: SmallSite) -> None:
    """A link of the menu to a missing page is reported with its place in the settings."""
    site.settings(
        menu=[
            {"name": "Fine", "url": "/topics/"},
            {"name": "Gone", "url": "/nowhere/"},
            {"name": "Off", "url": "https://x.example/"},
        ]
    )
    assert found(check(site)[0]) == [("broken-link", "newsgen.yaml", 4, 1)]


def test_an_old_address_is_a_page(site: SmallSite) -> None:
    """A link to an alias, to a static file or, with --future, to a scheduled article is not a
    problem.
    """
    site.article("moved", aliases=["/old/place/"])
    site.article("later", publishedDateTime="2027-01-01")
    site.write("static/a b.pdf", "x")
    site.article("three", "[a](/old/place/#part) [b](</a b.pdf>) [c](/news/later/)")
    assert [code for code, *_ in found(check(site)[0])] == ["broken-link"]
    assert found(check(site, "--future")[0]) == []


def test_templates_that_fail(site: SmallSite) -> None:
    """Each template that does not compile, or fails on a page, is reported once with its place,
    also if no page needs it.
    """
    site.write(
        "templates/topic.html",
        '{% extends "theme/topic.html" %}\n{% block main %}{{ page.nothing }}{% endblock %}\n',
    )
    site.write("templates/tag.html", "{% if %}\n")
    site.write("templates/layouts/x.html", "{{ page.title|shout }}\n")
    document, code = check(site)
    assert [one for one in found(document) if one[0] == "template-error"] == [
        ("template-error", "templates/layouts/x.html", 1, 15),
        ("template-error", "templates/tag.html", 1, 1),
        ("template-error", "templates/topic.html", 2, 25),
    ]
    assert code == 0


def test_a_template_that_cannot_be_read(site: SmallSite) -> None:
    """If a template keeps the site from being planned, it is reported together with the problems of
    the articles.
    """
    site.write("templates/topic.html", b"\xff\xfe")
    site.article("dirty", title="A &amp; B")
    document, code = check(site, "--strict")
    assert [one[:2] for one in found(document)] == [
        ("template-not-utf-8", "templates/topic.html"),
        ("entity", "content/dirty.md"),
    ]
    assert code == 1


def test_templates_that_nothing_uses(site: SmallSite) -> None:
    """Templates of the site that no page uses are reported: a wrong name, an unused layout, a part
    that no template includes any more, a kind of page that is switched off. Those that are used, or
    will be with the first tag, are not.
    """
    site.settings(without=["sources"])
    site.page_file("about", layout="wide")
    for name in ("artcle.html", "layouts/narrow.html", "sources.html", "crumbs.html"):
        site.write(f"templates/{name}", "x")
    site.write("templates/layouts/wide.html", '{% include "part.html" %}')
    for name in ("part.html", "tag.html", "tags.html"):
        site.write(f"templates/{name}", "x")
    unused = [file for code, file, *_ in found(check(site)[0]) if code == "unused-template"]
    assert unused == [
        "templates/artcle.html",
        "templates/layouts/narrow.html",
        "templates/sources.html",
    ]


def test_the_report_for_people(site: SmallSite) -> None:
    """Problems are grouped by code with their number, the first five of each; -v shows all, -q only
    errors; a summary ends the report.
    """
    for n in range(7):
        site.article(f"dirty{n}", title=f"A &amp; {n}")
    site.write("content/bad.md", "---\ntitle: [\n---\n")
    done = site.run("check", *CLOCK)
    assert done.stdout.startswith("malformed-yaml: 1 error\n  content/bad.md:3:1: error: ")
    assert "\nentity: 7 repairs\n" in done.stdout
    assert done.stdout.count("[entity]") == 5
    assert "  ... and 2 more; -v shows all\n" in done.stdout
    assert done.stderr == (
        "9 articles, 56 pages; 1 error, 0 warnings, 7 repairs; `newsgen check --fix` writes "
        "repairs back\n"
    )
    assert site.run("check", "-v", *CLOCK).stdout.count("[entity]") == 7
    quiet = site.run("check", "-q", *CLOCK)
    assert "entity" not in quiet.stdout
    assert quiet.stderr == ""


def test_annotations_of_github(site: SmallSite) -> None:
    """Each error and warning is a workflow command with its place relative to the working folder,
    and special characters are escaped.
    """
    site.write("content/a,b.md", "---\ntitle: x\npublishedDateTime: 'a%\n  b'\n---\n")
    site.article("dirty", title="A &amp; B")
    done = newsgen(
        "--root",
        site.root.name,
        "check",
        "--format",
        "github",
        "--strict",
        *CLOCK,
        cwd=site.root.parent,
    )
    told = "'a%25 b' is not a date such as 2021-11-19T13:11:09Z"
    hint = "write it as 2021-11-19T13:11:09Z or 2021-11-19T13:11:09+08:00"
    assert done.stdout.splitlines() == [
        (
            f"::error file={site.root.name}/content/a%2Cb.md,line=3,col=20,title=bad-date::{told} "
            f"({hint})"
        ),
        "::notice title=repairs::entity 1",
    ]
    assert done.returncode == 1


def test_a_broken_setting_stops_it(site: SmallSite) -> None:
    """A mistake in the settings ends with 2, and with --json it is printed on standard output
    too.
    """
    site.write("newsgen.yaml", "title: T\nurl: https://a.example\nnope: 1\n")
    document, code = check(site)
    assert ([problem["code"] for problem in document["problems"]], code) == (["unknown-setting"], 2)
    site.settings(
        headers={"csp": [f"img-src {'x' * 1400}", f"font-src {'x' * 1400}"]}
    )  # found while the site is planned
    assert check(site)[1] == 2


@pytest.mark.needs("unshare")
def test_it_works_on_a_root_that_is_read_only(site: SmallSite) -> None:
    """A site whose root is read-only can be checked."""
    script = (
        "mount --bind . . && mount -o remount,bind,ro . && cd $PWD || exit 99\n! touch "
        "x\nnewsgen check --json "
    )
    done = mounted(site, script + " ".join(CLOCK))
    assert "Read-only" in done.stderr
    assert json.loads(done.stdout)["problems"] == []


DIRT = {
    "crlf": "white-space",
    "html-entity-excerpt": "entity",
    "image-url-trailing-space": "url-encoded",
    "invisible-title": "white-space",  # narrow spaces
    "malformed-yaml": "colon-in-scalar",
    "mojibake": "mojibake",
    "newline-excerpt": "white-space",
    "nonascii-url": "url-encoded",
    "null-topic": "null-item",
    "pct-provider": "percent-escape",
    "related-179": "related-duplicate",
    "space-in-url": "url-encoded",
    "title-md-char": "on-msn",
}


@pytest.mark.corpus
def test_dirt_of_every_kind_is_told(make_site: Any) -> None:
    """Each folder of faulty real articles gives its own code for each of its files, except for odd
    but valid ones.
    """
    site = make_site(content=str(CORPUS / "dirt"))
    codes: dict[str, set[str]] = {}
    for problem in check(site)[0]["problems"]:
        codes.setdefault(Path(problem["file"]).parent.name, set()).add(problem["code"])
    assert {kind: code for kind, code in DIRT.items() if code not in codes[kind]} == {}


# The problems of real articles and of the demo, without false alarms.
EXPECTED = {
    "powerapps/_news": {"missing-logo"},  # these have no folder here
    "diablo4/_news": {"missing-logo"},
    "dirt": {"colon-in-scalar", "route-taken"},
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", EXPECTED)
def test_no_false_alarm_on_real_articles(name: str, make_site: Any) -> None:
    """Real articles give only the warnings that a careful editor would give, and no value of
    `secured` is printed.
    """
    site = make_site(content=str(CORPUS / name), data=str((CORPUS / name).parent / "_data"))
    document, _ = check(site)
    assert {
        problem["code"] for problem in document["problems"] if problem["severity"] != "repair"
    } == EXPECTED[name]
    assert "secured" not in json.dumps(document)


def test_the_demo_is_fine() -> None:
    """The project's own demo site has no warnings."""
    done = newsgen("check", "--strict", "--json", cwd=ROOT)
    document = json.loads(done.stdout)
    assert [problem for problem in document["problems"] if problem["severity"] != "repair"] == []
    assert done.returncode == 0


def test_the_output_is_read(site: SmallSite) -> None:
    """`check --links` finds nothing in a fresh build, and reports changes by another program: in
    pages, feeds, sitemaps, style sheets and redirects.
    """
    site.every_kind()
    assert check(site, "--links")[1] == 2
    site.run("build", *CLOCK)
    before = read_tree(site.output)
    assert found(check(site, "--links")[0]) == []
    assert read_tree(site.output) == before
    (site.output / "news/two/index.html").unlink()
    (site.output / "broken.xml").write_text("<a>")
    (site.output / "a.css").write_text(
        "a { background: url(/none.png) url('data:image/png;base64,AA') }"
    )
    document, _ = check(site, "--links")
    files = {file for code, file, *_ in found(document) if code == "broken-link"}
    assert {
        "site/index.html",
        "site/feed.xml",
        "site/atom.xml",
        "site/feed.json",
        "site/sitemap.xml",
        "site/a.css",
    } <= files
    assert ("malformed-output", "site/broken.xml", 1, 4) in found(document)
