"""Stories in a language that reads from right to left, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.webdriver import Browser, serve
from support import SmallSite

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
BODY = (
    "نص `foo()` نص\n\n    if x:\n        foo()\n\n<p>اضغط <kbd>Ctrl+C</kbd> <samp>ok()</samp></p>\n"
)
# For each element with code: the positions of its first and last letters, and whether it is
# isolated from the text around it.
CODE = """const all = document.querySelectorAll('.article-body :is(pre, code, kbd, samp)');
return [...all].map(element => {
  const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
  const end = node.data.trimEnd().split('\\n')[0].length;
  const at = place => { const range = document.createRange(); range.setStart(node, place);
    range.setEnd(node, place + 1);
    return range.getBoundingClientRect().left; };
  const style = getComputedStyle(element);
  return [style.direction, style.unicodeBidi, at(0) < at(end - 1)];
})"""


@pytest.mark.parametrize("language", ["ar", "en"])
def test_code_reads_from_left_to_right(browser: Browser, tmp_path: Path, language: str) -> None:
    """In an Arabic story, on an Arabic site and on an English one, `foo()` and blocks of code read
    from left to right.
    """
    site = SmallSite(tmp_path, language=language)
    site.article("one", body=BODY, title="خبر", language="ar")
    site.build()
    with serve(site.output) as url:
        browser.open(url + "/news/one/")
        found = browser.run(CODE)
        text = browser.run(
            "return getComputedStyle(document.querySelector('.article-body p')).direction"
        )
        own = browser.run("return getComputedStyle(document.querySelector('.footer')).direction")
    assert len(found) == 5
    assert all(
        direction == "ltr" and bidi.startswith("isolate") and ordered
        for direction, bidi, ordered in found
    )
    assert (text, own) == ("rtl", "rtl" if language == "ar" else "ltr")
