"""One article never stops publishing: an edition is built without the articles that guards name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newsgen.config.settings import load_config
from newsgen.publish.publish import Published, PublishOptions, publish
from support import AS_OF, SmallSite

from .publishing import live, run

SECRET = "U29tZXRoaW5nIHNlY3JldCBpcyBoZXJl"
Write = Callable[[SmallSite], None]


def full(site: SmallSite) -> None:
    """Return three articles, feeds with full texts, and a description."""
    site.settings(
        description="Tides and the gates that hold them",
        feeds={"full_text": True},
        nightly={"fetch": False},
    )
    for name in ("one", "two", "three"):
        site.article(name, f"Text of {name}.\n", title=f"Story {name}")


def publishing(site: SmallSite, hours: int = 0, **options: Any) -> Published:
    """Build and publish with all guards, some hours later."""
    at = AS_OF + timedelta(hours=hours)
    built = site.build(as_of=at)
    return publish(
        load_config(site.root), PublishOptions(at, thorough=True, **options), built.problems
    )


NAMED: dict[str, tuple[str, Write]] = {
    "its secret in its body": (
        "guard-leak",
        lambda site: site.article("bad", f"It says {SECRET}.\n", secured=f"{SECRET};x") and None,
    ),
    "its secret in its title": (
        "guard-leak",
        lambda site: site.article("bad", title=f"It says {SECRET}", secured=SECRET) and None,
    ),
    "its secret in a file beside it": (
        "guard-leak",
        lambda site: (
            site.write("content/bad/more/data.csv", f"a,{SECRET}\n")
            and site.article("bad/index", "Data.\n", secured=SECRET)
            and None
        ),
    ),
    "a broken link": (
        "guard-links",
        lambda site: site.article("bad", "[a](/news/nobody/) [b](/news/none/?a=1&b=2)\n") and None,
    ),
    "a broken link of a page": (
        "guard-links",
        lambda site: site.page_file("bad", "[a](/news/nobody/)\n") and None,
    ),
}


@pytest.mark.parametrize("what", NAMED)
def test_an_edition_without_the_article(site: SmallSite, what: str) -> None:
    """No page mentions the article, a warning names it, and the others are published; with
    `--strict`, publishing stops.
    """
    full(site)
    code, write = NAMED[what]
    write(site)
    stopped = publishing(site, strict=True)
    assert (stopped.stopped, stopped.published, {one.code for one in stopped.problems}) == (
        True,
        False,
        {code},
    )
    done = publishing(site)
    assert (done.stopped, done.published) == (False, True)
    assert [(one.severity, one.code) for one in done.problems] == [("warning", code)]
    assert done.left_out == (done.problems[0].file,)
    assert done.problems[0].file in (
        *("content/bad.md", "content/pages/bad.md", "content/bad/index.md"),
    )
    assert not [
        path
        for path, data in live(site).items()
        if b"bad" in data.replace(b"badge", b"") or "/bad/" in path or SECRET.encode() in data
    ]
    assert {"news/one/index.html", "news/two/index.html", "news/three/index.html"} <= live(
        site
    ).keys()
    again = publishing(site, 1)
    assert (again.published, again.edition) == (False, done.edition)


PUBLIC: dict[str, Write] = {
    "an address that newsgen writes": lambda site: (
        site.article("bad", secured="https://schema.org") and None
    ),
    "a name that the theme has": lambda site: (
        site.article("bad", secured="prefers-color-scheme") and None
    ),
    "the site's description": lambda site: (
        site.article("bad", excerpt="Tides and the gates that hold them", draft=True) and None
    ),
    "a text of a data file": lambda site: (
        site.write("_data/authors/ann.yaml", "name: Ann\nbio: In the harbour-master-office\n")
        and site.article("one", authors=["Ann"])
        and site.article("bad", secured="harbour-master-office")
        and None
    ),
    "a text in a file beside another article": lambda site: (
        site.write("content/data/a.json", '{"a": "harbour-master-office, and its many words"}')
        and site.article("data/index")
        and site.article("bad", secured="harbour-master-office")
        and site.article("worse", draft=True, excerpt="harbour-master-office, and its many words")
        and None
    ),
    "a word of another article": lambda site: (
        site.article("bad", secured="https://paper.example/one") and None
    ),
}


@pytest.mark.parametrize("what", PUBLIC)
def test_what_others_say_is_no_secret(site: SmallSite, what: str) -> None:
    """Text of newsgen, its theme, the settings or other articles stops nothing, and no article is
    left out for it.
    """
    full(site)
    PUBLIC[what](site)
    done = publishing(site)
    assert (done.stopped, done.published, done.problems, done.left_out) == (False, True, (), ())


def test_text_of_the_sites_own_templates(site: SmallSite) -> None:
    """A new article cannot make text secret that is on every live page; new text of a template
    stops publishing.
    """
    full(site)
    site.write(
        "templates/home.html",
        (
            '{% extends "theme/home.html" %}{% block main %}{{ super() }}<i '
            'class="harbour-office-notice"></i>{% endblock %}'
        ),
    )
    assert publishing(site).published
    site.article("bad", secured="harbour-office-notice")
    done = publishing(site, 1)
    assert (done.stopped, done.problems) == (False, ())
    site.article("four", secured=SECRET)
    site.write(
        "templates/home.html",
        (
            f'{{% extends "theme/home.html" %}}{{% block main %}}{{{{ super() }}}}{SECRET}{{% '
            "endblock %}"
        ),
    )
    done = publishing(site, 2)
    assert (done.stopped, done.left_out, [one.code for one in done.problems]) == (
        True,
        (),
        ["guard-leak"],
    )


def test_a_broken_link_of_a_template_stops(site: SmallSite) -> None:
    """No article is left out for a template's fault."""
    full(site)
    site.write(
        "templates/home.html",
        (
            '{% extends "theme/home.html" %}{% block main %}{{ super() }}<a '
            'href="/none/">x</a>{% endblock %}'
        ),
    )
    site.article("bad", "[a](/news/nobody/)\n")
    done = publishing(site)
    assert (done.stopped, done.left_out) == (True, ())


def test_its_old_page_stays(site: SmallSite) -> None:
    """A live article keeps its old page, although no list mentions it, until it is withheld or its
    old page would fail too.
    """
    full(site)
    publishing(site)
    old = (site.root / "editions/current/news/two/index.html").read_bytes()
    site.article("two", "[a](/news/nobody/)\n", title="Story two")
    done = publishing(site, 1)
    assert (done.published, done.left_out) == (True, ("content/two.md",))
    assert (site.root / "editions/current/news/two/index.html").read_bytes() == old
    assert [
        path
        for path, data in live(site).items()
        if b"/news/two/" in data and path != "news/two/index.html"
    ] == []
    assert done.difference
    assert done.difference.gone == ()
    site.article("four")
    done = publishing(site, 2)
    assert (done.published, (site.root / "editions/current/news/two/index.html").read_bytes()) == (
        True,
        old,
    )
    site.article("two", "[a](/news/nobody/)\n", title="Story two", draft=True)
    assert publishing(site, 3).left_out == ()
    assert not (site.root / "editions/current/news/two").exists()


def test_an_old_page_with_a_leak_goes(site: SmallSite) -> None:
    """A live page with text that is secret now is not kept."""
    full(site)
    site.article("two", f"It says {SECRET}.\n")
    publishing(site)
    site.article("two", f"It says {SECRET}, again.\n", secured=SECRET)
    done = publishing(site, 1)
    assert (done.published, done.left_out) == (True, ("content/two.md",))
    assert not [path for path, data in live(site).items() if SECRET.encode() in data]


def test_a_link_to_an_article_that_is_left_out(site: SmallSite) -> None:
    """An article that links to a left-out one is still published."""
    full(site)
    site.article("bad", "[a](/news/nobody/)\n")
    site.article("four", "[see](/news/bad/)\n")
    done = publishing(site)
    assert done.left_out == ("content/bad.md",)
    assert "news/four/index.html" in live(site)


def test_the_nightly_job_says_so(site: SmallSite) -> None:
    """The nightly job ends with 0, a warning and a line in the report; with `--strict` it ends with
    5; `publish` runs the leak guard too.
    """
    full(site)
    site.article("bad", f"It says {SECRET}.\n", secured=SECRET)
    assert run(site, "nightly", "--strict", code=5)["outcome"] == "stopped"
    night = run(site, "nightly")
    assert (night["outcome"], night["left_out"]) == ("published", ["content/bad.md"])
    [report] = sorted((site.root / "editions/reports").glob("*2.html"))
    assert "left out by guards" in report.read_text()
    assert SECRET not in report.read_text()
    site.article("worse", f"It says {SECRET}.\n", secured=SECRET)
    assert site.run("build", "-q").returncode == 0
    assert run(site, "publish", "--strict", code=5)["stopped"]
    assert sorted(run(site, "publish")["left_out"]) == ["content/bad.md", "content/worse.md"]
