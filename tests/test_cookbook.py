"""Each recipe of docs/cookbook.md works as described, and the first tutorial publishes a site."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from steps import follow
from support import ROOT, SmallSite

TEXT = (ROOT / "docs/cookbook.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
AT = "2026-01-31T12:00"


def page(route: str, *texts: str) -> Callable[[SmallSite], None]:
    """Return a check that a page of the site has these texts, in this order."""

    def check(site: SmallSite) -> None:
        shown = site.page(route)
        assert re.search(".*".join(map(re.escape, texts)), shown, re.S), shown

    return check


def absent(*routes: str) -> Callable[[SmallSite], None]:
    """Return a check that the site has none of these pages."""

    def check(site: SmallSite) -> None:
        assert not {f"{route.strip('/')}/index.html" for route in routes} & site.tree().keys()

    return check


def a_stylesheet_of_its_own(site: SmallSite) -> None:
    (name,) = (path for path in site.tree() if path.startswith("theme."))
    assert "#115577" in site.page(name)


def the_first_edition_again(site: SmallSite) -> None:
    done = site.run("editions")
    assert done.stdout.count("\n") == 2
    assert done.stdout.splitlines()[0].split()[5] == "live"


CHECKS: dict[str, Callable[[SmallSite], None]] = {
    "Keep a story at the top": page("/", "<main", "Tide gates hold", "Story two"),
    "Publish a story later": absent("/news/gates/"),
    "Take a story down": page("/news/gates/", "noindex", "removed"),
    "Correct a story": page("/corrections/", "There are four gates, not five."),
    "Keep an old address": page("/_redirects", "/2019/old-name/ /news/gates/ 301"),
    "Put the date into addresses": page("/2026/01/gates/", "Tide gates hold"),
    "Choose the menu": page("/", 'href="/about/"', 'href="/2026/"'),
    "Give an author a page": page("/authors/ann/", "Energy editor", "Tide gates hold"),
    "Describe a topic": page("/topics/ports/", "Ships, quays", "Tide gates hold"),
    "Make a series": page("/series/rising-water/", "Tide gates hold"),
    "Read keys of another tool": page("/topics/ports/", "Nobody had to move."),
    "Change the colours": a_stylesheet_of_its_own,
    "Use the theme of text only": page("/", "Story two"),
    "Add a line below every story": page("/news/one/", "Tell us what you saw"),
    "Put whole stories into feeds": page("/feed.xml", "every one"),
    "Leave out pages": absent("/sources/", "/2026/01/30/"),
    "Let readers share a story": page("/news/one/", "bsky.app", "mailto:"),
    "Say whom to tell of a vulnerability": page(
        "/.well-known/security.txt", "Contact: mailto:security@wire.example"
    ),
    "Count visits": page("/_headers", "script-src 'self' https://count.example"),
    "Keep robots that train models away": page("/robots.txt", "User-agent: GPTBot\nDisallow: /"),
    "Write in another language": page("/", 'lang="de"', "Januar"),
    "Go back to the edition before": the_first_edition_again,
}


def test_every_recipe_is_checked() -> None:
    """Each of at least twenty recipes has a check."""
    assert list(RECIPES) == list(CHECKS)
    assert len(RECIPES) >= 20


@pytest.mark.parametrize("name", CHECKS)
def test_a_recipe(site: SmallSite, name: str) -> None:
    """A site of two stories that follows the recipe is built without a problem, and has the
    promised result.
    """
    follow(RECIPES[name], site.root)
    done = site.run("build", "--strict", "--as-of", AT)
    assert done.returncode == 0, done.stderr
    CHECKS[name](site)


def test_the_first_tutorial(tmp_path: Path) -> None:
    """From an empty folder to a published site: every command succeeds, and the story is live."""
    text = (ROOT / "docs/tutorials/first-site.md").read_text("utf-8")
    *_, status, editions = follow(text, tmp_path)
    assert "2 articles" in status
    assert "live" in editions
    page = tmp_path / "harbour/editions/current/news/tide-gates-hold/index.html"
    assert "<strong>four</strong>" in page.read_text("utf-8")
