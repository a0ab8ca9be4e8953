"""A page of every kind, of the demo and of the corpora, in a real browser under the site's own
headers.
"""

from __future__ import annotations

import re

import pytest

from browser.webdriver import Browser, serve
from conformance.checkers import npm_package
from realsites import SITES, Builds

pytestmark = pytest.mark.needs("chromium", "chromedriver")
# Options of axe-core: everything, and what differs between a narrow light and a wide dark screen.
EVERYTHING = '{rules: {"target-size": {enabled: true}}}'
LOOKS = '{runOnly: ["color-contrast", "target-size"]}'
VIEWS = [(320, "light", EVERYTHING), (1280, "dark", LOOKS)]
SIDEWAYS = """return document.documentElement.scrollWidth - document.documentElement.clientWidth"""


def broken_rules(browser: Browser, options: str = EVERYTHING) -> list[str]:
    """Return the violations of WCAG 2.2 AA that axe-core, already loaded, finds on the page."""
    found: list[str] = browser.run(f"""return (async () => {{
        const found = await axe.run(document, {{resultTypes: ["violations"], ...{options}}});
        return found.violations.map(rule => [rule.id, rule.nodes.length, rule.nodes[0].html,
          rule.nodes[0].failureSummary].join("\\n"))
        }})()""")
    return found


@pytest.mark.parametrize("name", SITES)
def test_pages_are_quiet_and_can_be_used_by_all(
    browser: Browser, builds: Builds, name: str
) -> None:
    """On a narrow screen, nothing scrolls sideways, the console stays empty, and only images come
    from other hosts. axe-core finds nothing against WCAG 2.2 AA and its best practices, also for
    the demo on a wide dark screen.
    """
    axe = (npm_package("axe-core") / "axe.min.js").read_text("utf-8")
    built = builds[name]
    with serve(built.output) as address:
        for page in built.every_kind_that_stays():
            browser.open(address + page, 320)
            assert browser.run(SIDEWAYS) <= 0, page
            assert browser.messages() == [], page
            elsewhere = [
                (kind, url)
                for kind, url in browser.requests()
                if not url.startswith((address, "data:"))
            ]
            assert [url for kind, url in elsewhere if kind != "Image"] == [], page
            # The corpora use the demo's stylesheet, so its colours are checked only once.
            browser.run(axe)
            for width, scheme, options in VIEWS if name == "demo" else VIEWS[:1]:
                browser.show(width, scheme)
                assert broken_rules(browser, options) == [], (page, width, scheme)
            browser.messages(), browser.requests()  # axe-core's own


@pytest.mark.parametrize("name", SITES[:1])
def test_pages_can_be_read_without_scripts(
    browser: Browser, without_scripts: Browser, builds: Builds, name: str
) -> None:
    """With JavaScript off, a page of each template shows the same words. The search page links to
    another search engine.
    """
    built = builds[name]
    kinds = {}
    for page in built.every_kind_that_stays():
        kinds[re.findall('<body class="([^"]*)', built.file(page).read_text("utf-8"))[0]] = page
    assert len(kinds) > 5
    with serve(built.output) as address:
        for page in kinds.values():
            texts = []
            for window in (browser, without_scripts):
                window.open(address + page)
                texts.append(window.text())
            if page == "/search/":
                assert "Without JavaScript" in texts[1]
                continue
            assert texts[0] == texts[1], page
            assert len(texts[1]) > 20, page
