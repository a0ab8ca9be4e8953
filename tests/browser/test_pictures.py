"""Images in a real browser: which are loaded, at which size, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.webdriver import Browser, Gate, serve
from photos import photo
from support import SmallSite, eventually

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
PAGES = ("/", "/news/s0/", "/topics/ai/")
LOADED = """return performance.getEntriesByType('resource')
  .filter(one => one.initiatorType == 'img' || one.initiatorType == 'picture')
    .map(one => [new URL(one.name).pathname, one.encodedBodySize])"""
LARGEST = """new PerformanceObserver(list => { window.largest = list.getEntries().at(-1) })
    .observe({type: 'largest-contentful-paint', buffered: true})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a site of five stories with a photograph each."""
    made = SmallSite(tmp_path_factory.mktemp("pictures"), images={"missing": "none"})
    for n in range(5):
        made.write(f"static/{n}.jpg", photo(n, 1600, 1000))
        made.article(
            f"s{n}",
            publishedDateTime=f"2026-01-{30 - n}T08:00:00Z",
            excerpt="Some words.",
            images=[f"/{n}.jpg"],
            heat=100 - n,
        )
    made.build(jobs=2)
    return made


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_when_pictures_come_late(
    browser: Browser, site: SmallSite, width: int
) -> None:
    """The cumulative layout shift of each page is 0 for any order of images, and the console is
    empty.
    """
    gate = Gate(pictures=True)
    with serve(site.output, gate) as address:
        for page in PAGES:
            browser.open(address + page, width, gate=gate)
            assert browser.shifts() == 0, page
            assert browser.messages() == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["/", "/news/s0/"])
def test_the_lead_picture_is_the_largest_paint(
    browser: Browser, site: SmallSite, page: str, width: int
) -> None:
    """The largest paint is the first image, as AVIF, which is requested at once."""
    with serve(site.output) as address:
        browser.open(address + page, width)
        browser.run(LARGEST)
        eventually(
            lambda: browser.look("window.largest?.url"), "the paint of a picture"
        )  # on a busy machine, it is later than the load event
        browser.frames()
        tag, path = browser.run("return [largest.element?.tagName, new URL(largest.url).pathname]")
    assert tag == "IMG"
    assert path.endswith(".avif")
    assert path in site.page(page).split('fetchpriority="high"')[0].rpartition("<picture>")[2]


@pytest.mark.parametrize("scale", [1, 3])
def test_a_phone_loads_a_quarter_at_most(browser: Browser, site: SmallSite, scale: int) -> None:
    """At 390 pixels, also on a dense screen, the images of a page read to its end have at most a
    quarter of the originals' bytes.
    """
    with serve(site.output) as address:
        for page in PAGES:
            browser.open(address + page, 390, scale)
            browser.shifts()
            loaded = dict(browser.run(LOADED))
            originals = {path.partition("-")[0] for path in loaded}
            whole = sum(
                (site.root / f"static/{n}.jpg").stat().st_size for n in range(len(originals))
            )
            assert loaded, page
            assert all(path.endswith(".avif") for path in loaded)
            assert 4 * sum(loaded.values()) <= whole, (page, loaded, whole)


def test_a_shift_is_seen(browser: Browser, tmp_path: Path) -> None:
    """An image without its size, which comes late, moves the content below it: the measure of these
    tests detects a shift.
    """
    site = SmallSite(tmp_path)
    site.article("one")
    site.build()
    (site.output / "a.jpg").write_bytes(photo())
    (site.output / "moving/").mkdir()
    (site.output / "moving/index.html").write_text(
        "<!DOCTYPE html><title>x</title><p>Above</p><img src=/a.jpg><p>Below it</p>"
    )
    gate = Gate(pictures=True)
    with serve(site.output, gate) as address:
        browser.open(address + "/moving/", gate=gate)
        assert browser.shifts() > 0
