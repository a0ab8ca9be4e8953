"""The theme `brief` in a real browser."""

from __future__ import annotations

import pytest

from browser.test_every_kind import SIDEWAYS, broken_rules
from browser.webdriver import Browser, serve
from conformance.checkers import npm_package
from support import SmallSite

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
BODY = "A [link](https://x.example/).\n\n| Year | Rain |\n|---|---|\n| 2021 | 902 |\n\n> Said.\n"


def test_everyone_can_use_it(browser: Browser, site: SmallSite) -> None:
    """Nothing scrolls sideways on a phone, the console stays empty, and axe-core finds nothing
    against WCAG 2.2 AA, in both schemes."""
    site.settings(theme={"name": "brief", "accent": "#77aaff"})
    site.every_kind()
    site.article("told", BODY, related=[{"title": "Away", "webUrl": "https://x.example/a"}])
    site.build()
    axe = (npm_package("axe-core") / "axe.min.js").read_text("utf-8")
    with serve(site.output) as address:
        for page in ("/", "/news/told/", "/topics/", "/2026/", "/authors/ann/", "/404.html"):
            browser.open(address + page, 320)
            assert browser.run(SIDEWAYS) <= 0, page
            assert browser.messages() == [], page
            browser.run(axe)
            for scheme in ("light", "dark"):
                browser.show(320, scheme)
                assert broken_rules(browser) == [], (page, scheme)
            browser.messages(), browser.requests()  # axe-core's own
