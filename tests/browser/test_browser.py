"""The demo site in a real browser, under its real headers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from browser.webdriver import Browser, driver, serve
from support import ROOT, newsgen

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
VIDEO = "/news/2021-10-06-watch-how-tern-2s-second-stage-relit-in-the-cold/"
PAGES = [
    "/",
    "/topics/ai/",
    "/sources/",
    "/2021/11/",
    "/news/2021-11-22-lanternfish-opens-its-speech-model-to-hospitals-after-a-year-of-trials/",
    "/features/2021-11-10-how-the-power-auction-works/",
    "/news/2021-11-25-marsad-jabal-al-siraj/",
    VIDEO,
    "/corrections/",
    "/404.html",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    done = newsgen("build", "--output", folder / "site", "--cache", folder / "cache", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    with serve(folder / "site") as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[str]:
    with driver() as url:
        yield url


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    window = Browser(chromium)
    yield window
    window.close()


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_quiet(browser: Browser, address: str, page: str) -> None:
    """No console message, so no breach of the content security policy, and nothing but pictures from elsewhere."""
    browser.open(address + page)
    assert browser.messages() == []
    elsewhere = [(kind, url) for kind, url in browser.requests() if not url.startswith((address, "data:"))]
    assert [url for kind, url in elsewhere if kind != "Image"] == []


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    """On no width is a page wider than its window."""
    for page in PAGES:
        browser.open(address + page, width)
        wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, page
        assert browser.run("return getComputedStyle(document.body).margin") == "0px", "the stylesheet is not there"


def test_readable_without_scripts(chromium: str, address: str) -> None:
    """With JavaScript off the text stands there, and a video is a link to its source."""
    window = Browser(chromium, scripts=False)
    try:
        window.open(address + VIDEO)
        assert "Six minutes from the camera" in window.text()
        assert "Play the video" in window.text()
        assert "iframe" not in window.text()
    finally:
        window.close()


def test_a_player_comes_when_it_is_asked_for(browser: Browser, address: str) -> None:
    """Before the click nothing is asked of the player's host; after it there is a frame with its address."""
    browser.open(address + VIDEO)
    assert [url for kind, url in browser.requests() if kind != "Image" and not url.startswith(address)] == []
    browser.click("a.play")
    source = browser.run("return document.querySelector('iframe').src")
    assert source == "https://video.orbitaldaily.example/embed/tern-2-second-stage?autoplay=1"
    assert [line for line in browser.messages() if "Content Security Policy" in line] == []


def test_pages_are_light(browser: Browser, address: str) -> None:
    """A page's HTML and CSS come to less than 25 KB compressed, the theme's stylesheet to less than 20 KB as it is."""
    css = (ROOT / "static/newsgen.css").read_bytes()
    assert len(css) < 20_480
    for page in PAGES[:5]:
        browser.open(address + page)
        html = browser.run("return document.documentElement.outerHTML").encode()
        assert len(gzip.compress(html)) + len(gzip.compress(css)) < 25_000, page
