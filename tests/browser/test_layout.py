"""The layout in a real browser: frames of images, columns without empty ends, the sections bar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from browser.webdriver import Browser, serve
from photos import photo
from support import SmallSite

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
RATIOS = [(1600, 900), (1200, 800), (800, 800), (800, 1200), (400, 1200)]
WORDS = (
    "The council said on Monday that the harbour will be dredged before the winter storms come. "
)
TOPICS = ["AI", "Energy", "Shipping and Ports", "Public Health", "Space", "Regulation", "Markets"]
# The longest empty part of a column in a window (two thirds of the page, and its last quarter)
# while the page continues.
EMPTY = """
const main = document.querySelector('main').getBoundingClientRect();
const style = getComputedStyle(document.querySelector('main'));
const left = main.left + parseFloat(style.paddingLeft);
const wide = main.right - parseFloat(style.paddingRight) - left;
const leaves = [...document.querySelectorAll('main *')].filter(
  one => one.tagName === 'IMG' || [...one.childNodes].some(node =>
    node.nodeType === 3 && node.data.trim()));
let longest = [0, 0, 0];
for (let y = 0; y + innerHeight < document.documentElement.scrollHeight + 300; y += 300) {
  scrollTo(0, y);
  const boxes = leaves.map(one => one.getBoundingClientRect()).filter(one => one.width);
  const ends = Math.min(innerHeight, Math.max(...boxes.map(one => one.bottom)));
  for (const [from, to] of [[0, 1 / 3], [1 / 3, 2 / 3], [3 / 4, 1]]) {
    const inside = boxes
      .filter(one => one.right > left + from * wide && one.left < left + to * wide)
      .sort((one, other) => one.top - other.top);
    let last = Math.max(0, Math.min(...boxes.map(one => one.top)));
    for (const box of [...inside, {top: ends, bottom: ends}]) {
      const gap = Math.min(box.top, ends) - last;
      if (gap > longest[0]) longest = [Math.round(gap), from, y];
      last = Math.max(last, box.bottom);
    }
  }
}
return longest"""
FRAMES = """return [...document.querySelectorAll('.article > figure img')].map(one => {
  const box = one.getBoundingClientRect();
  return [box.width / box.height, one.naturalWidth / one.naturalHeight,
    box.height, box.right <= document.documentElement.clientWidth] })"""
CUT = """const bar = document.querySelector('.masthead nav ul'), box = bar.getBoundingClientRect();
return [...bar.querySelectorAll('a')].filter(one =>
  one.getBoundingClientRect().right > box.right + 1).map(one => one.textContent)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a site of sixty stories of three weeks by three sources, some with photographs of all
    shapes, some with long bodies. Three report the same event.
    """
    made = SmallSite(tmp_path_factory.mktemp("layout"), images={"missing": "none"}, per_page=40)
    for n, size in enumerate(RATIOS):
        made.write(f"static/{n}.jpg", photo(n, *size))
    newest = datetime(2026, 1, 31, 8, tzinfo=UTC)
    for n in range(60):
        made.article(
            f"s{n}",
            WORDS * (n % 4) * 5 if n % 3 else "",
            title=f"Harbour story {n}: " + " ".join(WORDS.split()[n % 7 : n % 7 + 8]),
            publishedDateTime=(newest - timedelta(hours=9 * n)).isoformat(),
            excerpt=WORDS,
            images=[f"/{n}.jpg"] if n < len(RATIOS) else [],
            topics=[TOPICS[n % len(TOPICS)]],
            provider={"name": f"Paper {n % 3}"},
            related=[{"title": f"Away {n}", "webUrl": f"https://x.example/{n}"}],
            heat=100 - n,
        )
    long = (WORDS * 8 + "\n\n") * 14
    made.article("long", long, publishedDateTime="2026-01-20", excerpt=WORDS, images=["/0.jpg"])
    made.article("alone", long, publishedDateTime="2026-01-20", topics=[], excerpt="")
    made.write("_data/topics.yaml", "".join(f"- {{name: {name}}}\n" for name in TOPICS))
    made.build(jobs=2)
    return made


def test_the_frame_of_an_image_has_its_ratio(browser: Browser, site: SmallSite) -> None:
    """The box of a story's image has the image's ratio within 1 %, without bars. An image higher
    than 2:3 is cropped to that.
    """
    with serve(site.output) as address:
        for n, (wide, high) in enumerate(RATIOS):
            browser.open(f"{address}/news/s{n}/")
            for width in (390, 768, 1366, 1920):
                browser.show(width)
                browser.shifts()
                ((box, natural, height, inside),) = browser.run(FRAMES)
                assert natural == pytest.approx(max(wide / high, 2 / 3), rel=0.01)
                assert box == pytest.approx(max(wide / high, 2 / 3), rel=0.01), (n, width)
                assert inside
                assert height < 1000


def test_no_column_has_an_empty_end(browser: Browser, site: SmallSite) -> None:
    """At no scroll position is a column empty over more than 600 pixels while the page continues
    beside it.
    """
    stories = [f"/news/{name}/" for name in ("s0", "s4", "s9", "s11", "long", "alone")]
    with serve(site.output) as address:
        for page in ("/", *stories, "/topics/ai/"):
            browser.open(address + page)
            for width in (1024, 1280, 1440, 1920):
                browser.show(width)
                gap, column, place = browser.run(EMPTY)
                assert gap <= 600, (page, width, column, place)


def test_the_sections_bar_cuts_no_word(browser: Browser, site: SmallSite) -> None:
    """A wide screen shows all sections. On a phone they scroll, and the bar fades only at an end
    with more sections.
    """
    fades = (
        "const bar = getComputedStyle(document.querySelector('.masthead nav ul')); "
        "return ['--from', '--to'].map(name => bar.getPropertyValue(name))"
    )
    with serve(site.output) as address:
        browser.open(address + "/", 768)
        assert browser.run(CUT) == []
        browser.open(address + "/", 320)
        assert browser.run(CUT)
        browser.frames()
        assert browser.run(fades) == ["0rem", "4rem"]
        browser.run("document.querySelector('.masthead nav ul').scrollLeft = 9999")
        browser.frames()
        assert browser.run(fades) == ["4rem", "0rem"]
