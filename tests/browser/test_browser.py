"""The demo site in a real browser, under its real headers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.webdriver import Browser, Gate, serve
from realsites import Builds

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("demo")]
STORY = "/news/2021-11-22-lanternfish-opens-its-speech-model-to-hospitals-after-a-year-of-trials/"
VIDEO = "/news/2021-10-06-watch-how-tern-2s-second-stage-relit-in-the-cold/"
CUTS = (b"<main", b"</h1>", b"<aside", b"<footer")
PAGES = [
    "/",
    "/topics/ai/",
    "/sources/",
    "/2021/11/",
    STORY,
    "/features/2021-11-10-how-the-power-auction-works/",
    "/news/2021-11-25-marsad-jabal-al-siraj/",
    VIDEO,
    "/corrections/",
    "/404.html",
]


@pytest.fixture
def demo(builds: Builds) -> Path:
    return builds["demo"].output


@pytest.fixture
def address(demo: Path) -> Iterator[str]:
    with serve(demo) as url:
        yield url


def test_nothing_scrolls_sideways(browser: Browser, address: str) -> None:
    """No page is wider than its window at any width (320 pixels: test_every_kind.py)."""
    for page in PAGES:
        browser.open(address + page)
        for width in (768, 1280, 1920):
            browser.show(width)
            wide = browser.run(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (page, width)
        assert browser.run("return getComputedStyle(document.body).margin") == "0px", (
            "the stylesheet is not there"
        )


@pytest.mark.parametrize("width", [768, 1280])
def test_no_place_in_a_list_stays_empty(browser: Browser, address: str, width: int) -> None:
    """Every row of a list is full: the last story of each day, month or year ends with the list."""
    for page in ("/", "/news/", "/topics/ai/", "/2021/", "/2021/11/", "/2021/11/30/"):
        browser.open(address + page, width)
        ends = browser.run(
            "return [...document.querySelectorAll('.river .stories')].map(list =>"
            "[list, list.lastElementChild].map(box => "
            "Math.round(box.getBoundingClientRect().right)))"
        )
        assert ends, page
        assert [row for row in ends if row[0] != row[1]] == [], page


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("pictures", ["blocked", "slow"])
def test_nothing_moves_while_a_page_loads(
    browser: Browser, address: str, demo: Path, tmp_path: Path, pictures: str, width: int
) -> None:
    """The cumulative layout shift of a page is 0 with blocked and with late images."""
    folder = demo
    if pictures == "slow":
        folder = tmp_path / "site"
        shutil.copytree(demo, folder)
        for file in folder.rglob("*.html"):
            text = file.read_text("utf-8")
            file.write_text(
                re.sub(r'(<img src=")https?://[^"]+', r"\1/pictures/harbour.jpg", text), "utf-8"
            )
    gate = Gate(pictures=pictures == "slow")
    with serve(folder, gate) as site:
        for page in PAGES:
            browser.open(site + page, width, gate=gate)
            assert browser.shifts() == 0, page


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_comes_in_parts(
    browser: Browser, demo: Path, width: int
) -> None:
    """Text on the screen stays in place when the next part of a page arrives, and with it a
    scrollbar.
    """
    gate = Gate(cuts=CUTS)
    with serve(demo, gate) as site:
        for page in (STORY, VIDEO, PAGES[0]):
            browser.open(site + page, width, gate=gate)
            assert browser.shifts() == 0, page


def test_readable_without_scripts(without_scripts: Browser, address: str) -> None:
    """With JavaScript off, the text is readable, and a video is a link to its source."""
    without_scripts.open(address + VIDEO)
    text = without_scripts.text()
    assert "Six minutes from the camera" in text
    assert "Play the video" in text
    assert "iframe" not in text


def test_a_player_comes_when_it_is_asked_for(browser: Browser, address: str) -> None:
    """Nothing is requested from the player's host before the click; after it, a frame has its
    address.
    """
    browser.requests()
    browser.open(address + VIDEO)
    assert [
        url for kind, url in browser.requests() if kind != "Image" and not url.startswith(address)
    ] == []
    browser.click("a.play")
    source = browser.run("return document.querySelector('iframe').src")
    assert source == "https://video.orbitaldaily.example/embed/tern-2-second-stage?autoplay=1"
    assert [line for line in browser.messages() if "Content Security Policy" in line] == []
