"""Pictures in a real browser: what is loaded, how much of it, and when."""

from __future__ import annotations

import pytest

from browser.webdriver import Browser, serve
from photos import photo
from support import SmallSite

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
PAGES = ("/", "/news/s0/", "/topics/ai/")
LOADED = """return performance.getEntriesByType('resource').filter(one => one.initiatorType == 'img' || one.initiatorType == 'picture')
    .map(one => [new URL(one.name).pathname, one.encodedBodySize])"""
# The last of the largest paints; on a busy machine the picture's comes after the page is loaded, so it is waited for.
LARGEST = """return new Promise(done => {
    let last; const tell = () => done([last?.element?.tagName, last?.url && new URL(last.url).pathname]);
    new PerformanceObserver(list => { last = list.getEntries().at(-1); if (last.url) setTimeout(tell, 300) })
        .observe({type: 'largest-contentful-paint', buffered: true});
    setTimeout(tell, 8000)})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Twelve stories with a photograph each."""
    made = SmallSite(tmp_path_factory.mktemp("pictures"), images={"missing": "none"})
    for n in range(12):
        made.write(f"static/{n}.jpg", photo(n, 1600, 1000))
        made.article(f"s{n}", publishedDateTime=f"2026-01-{30 - n}T08:00:00Z", excerpt="Some words.", images=[f"/{n}.jpg"], heat=100 - n)
    made.build(jobs=2)
    return made


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_when_pictures_come_late(browser: Browser, site: SmallSite, width: int) -> None:
    """The cumulative layout shift of each page is 0, whatever the order in which its pictures come, and the console is silent."""
    with serve(site.output, delay=0.4) as address:
        for page in PAGES:
            browser.open(address + page, width)
            assert browser.shifts() == 0, page
            assert browser.messages() == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["/", "/news/s0/"])
def test_the_lead_picture_is_the_largest_paint(browser: Browser, site: SmallSite, page: str, width: int) -> None:
    """What a reader waits for is the first picture, as AVIF; it is asked for at once."""
    with serve(site.output) as address:
        browser.open(address + page, width)
        tag, path = browser.run(LARGEST)
    assert tag == "IMG"
    assert path.endswith(".avif")
    assert path in site.page(page).split('fetchpriority="high"')[0].rpartition("<picture>")[2]


@pytest.mark.parametrize("scale", [1, 3])
def test_a_phone_loads_a_quarter_at_most(browser: Browser, site: SmallSite, scale: int) -> None:
    """At 390 pixels, on a dense screen too, the pictures of a page that was read to its end are at most a quarter of the originals."""
    with serve(site.output) as address:
        for page in PAGES:
            browser.open(address + page, 390, scale)
            browser.shifts()
            loaded = dict(browser.run(LOADED))
            originals = {path.partition("-")[0] for path in loaded}
            whole = sum((site.root / f"static/{n}.jpg").stat().st_size for n in range(len(originals)))
            assert loaded, page
            assert all(path.endswith(".avif") for path in loaded)
            assert 4 * sum(loaded.values()) <= whole, (page, loaded, whole)
