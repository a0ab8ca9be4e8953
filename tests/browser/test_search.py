"""The search page in a real browser, under the site's own headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.test_every_kind import broken_rules
from browser.webdriver import PAUSE, Browser, serve
from conformance.checkers import npm_package
from support import SmallSite, eventually

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
ENTER, TAB, CONTROL, NONE = "\ue007", "\ue004", "\ue009", "\ue000"
RESULTS = "[...document.querySelectorAll('#theme-results h2')].map(title => title.textContent)"
MARKED = "[...document.querySelectorAll('#theme-results mark')].map(mark => mark.textContent)"
AUTHORS = "getComputedStyle(document.querySelector('[data-filter=author]').parentElement).display"
FOUND = "document.getElementById('theme-found').textContent"


def made(folder: Path) -> SmallSite:
    """Return a site with stories in three languages."""
    site = SmallSite(folder, search={"fallback": ""})
    site.article("one", title="Tide gates hold <b>all</b> night", excerpt="The harbour road.")
    site.article("two", title="Ferries sail again", topics=["Ports"], authors=["Ann"])
    site.article("three", title="Gates open", publishedDateTime="2025-05-01T08:00:00Z")
    site.article("four", title="مُحَمَّد يعلن عن محطة جديدة", language="ar")
    site.article("five", title="海岸城晶圆厂公布5G节水计划", language="zh")
    site.build()
    return site


def test_search_with_a_keyboard(browser: Browser, tmp_path: Path) -> None:
    """Words typed into the header's form and on the page find their stories, also in Arabic and
    Chinese, and are marked. The address holds the query, and going back repeats the previous one. A
    query without words finds nothing, and a filter with one choice is hidden. axe-core finds
    nothing. Without a network, an earlier query still works, and a new one reports an error.
    """

    def shown(expression: str, *wanted: str) -> None:
        eventually(lambda: browser.look(expression) == list(wanted), str(wanted), PAUSE)

    def ask(words: str) -> None:
        browser.type(f"{CONTROL}a{NONE}{words}")

    site = made(tmp_path)
    with serve(site.output) as url:
        browser.open(url + "/")
        browser.click(".find input")
        browser.type(f"gat{ENTER}")
        shown(RESULTS, "Gates open", "Tide gates hold <b>all</b> night")
        shown(MARKED, "Gates", "gates")
        assert browser.look("location.search") == "?q=gat"
        assert browser.look(FOUND) == "Stories found: 2"
        browser.click("#theme-search [name=q]")
        ask("محمد محطة")
        shown(RESULTS, "مُحَمَّد يعلن عن محطة جديدة")
        shown(MARKED, "مُحَمَّد", "محطة")
        browser.run("history.back()")
        shown(RESULTS, "Gates open", "Tide gates hold <b>all</b> night")
        assert browser.look("document.title").startswith("gat ")
        ask("?!?")
        eventually(lambda: browser.look(FOUND) == "No stories found.", "no words", PAUSE)
        assert browser.look(RESULTS) == []
        ask("节水计")
        shown(RESULTS, "海岸城晶圆厂公布5G节水计划")
        shown(MARKED, "节水计")
        ask("公布5G")
        shown(MARKED, "公布5G")
        ask("gates tide ferries")
        eventually(lambda: browser.look(f"{RESULTS}.length") == 3, "some of the words", PAUSE)
        assert "some of the words" in browser.look(FOUND)
        browser.open(url + "/search/?q=gates&year=2025&order=newest")
        shown(RESULTS, "Gates open")
        browser.open(url + "/search/?topic=ports")
        shown(RESULTS, "Ferries sail again")
        assert browser.look(AUTHORS) == "none"
        browser.run((npm_package("axe-core") / "axe.min.js").read_text("utf-8"))
        assert broken_rules(browser) == []
        # Chromium reports this for any page that is left quickly.
        assert [said for said in browser.messages() if "ViewTransition" not in said] == []
        browser.open(url + "/search/?q=gates")
        shown(RESULTS, "Gates open", "Tide gates hold <b>all</b> night")
        browser.click("#theme-search [name=q]")
        ask("zzz")
        shown(RESULTS)
    ask("gates")
    shown(RESULTS, "Gates open", "Tide gates hold <b>all</b> night")
    browser.messages(), browser.requests()
