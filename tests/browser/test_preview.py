"""The preview in a real browser: edits appear, and the reader's place is kept."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser.webdriver import Browser
from preview.serving import Running, running
from support import PATIENCE, SmallSite, eventually

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]
SHADOW = "document.querySelector('newsgen-preview').shadowRoot"
LONG = "".join(f"Paragraph {n} of a long text.\n\n" for n in range(80))


class Shown:
    """A page of a running preview in a window. A mark in its memory shows whether it was
    reloaded.
    """

    def __init__(self, browser: Browser, one: Running, path: str) -> None:
        self.browser = browser
        browser.open(one.url + path)
        self.run("window.kept = true")
        self.until("kept")  # scripts have run
        self.wait_until_it_listens()

    def wait_until_it_listens(self) -> None:
        self.until(f"{SHADOW}.querySelector('link')")

    def run(self, script: str) -> Any:
        return self.browser.run(script)

    def until(self, expression: str) -> Any:
        """Return the value of an expression as soon as it is true."""
        return eventually(lambda: self.browser.look(expression), expression)

    def until_text(self, words: str) -> None:
        self.until(f"document.body.innerText.includes({words!r})")

    @property
    def loaded_anew(self) -> bool:
        return not self.run("return window.kept")


def asked(address: str) -> bytes:
    """Return the preview's answer to another client."""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        page: bytes = answer.read()
        return page


@pytest.fixture
def show(browser: Browser, site: SmallSite) -> Iterator[Callable[[str], Shown]]:
    site.article("one", body=LONG)
    with running(site) as one:
        yield lambda path: Shown(browser, one, path)
        browser.open("about:blank")
    assert [
        message
        for message in browser.messages()
        if "404" not in message and "ERR_" not in message and "500" not in message
    ] == []


def test_an_edit_is_morphed_in(show: Callable[[str], Shown], site: SmallSite) -> None:
    """An edited text changes in place, without a reload: scroll position, focus, selection and
    changes by scripts stay.
    """
    shown = show("/news/one/")
    shown.run(
        "scrollTo(0, 1500); window.first = document.querySelector('article p, main p');"
        "document.querySelector('main a').focus({preventScroll: true}); window.focused = "
        "document.activeElement;"
        "window.at = scrollY"
    )
    assert shown.run("return window.at") == 1500
    site.article(
        "one", title="Another title", body=LONG.replace("Paragraph 79", "The last paragraph")
    )
    shown.until_text("The last paragraph")
    shown.until_text("Another title")
    assert not shown.loaded_anew
    assert shown.run(
        "return [scrollY, document.activeElement === window.focused, "
        "window.first.isConnected, document.title.slice(0, 13)]"
    ) == [
        1500,
        True,
        True,
        "Another title",
    ]


def test_open_details_and_typed_text_stay(show: Callable[[str], Shown], site: SmallSite) -> None:
    """Open details and typed text survive an edit of the page and of its neighbours."""
    site.write(
        "templates/article.html",
        "<!DOCTYPE "
        "html><html><head><title>x</title></head><body><details><summary>more</summary>inner</details>"
        "<input><ul>{% for c in sidebar %}<li>{{ c.title }}</li>{% endfor %}</ul>{{ "
        "article.body|safe }}</body></html>",
    )
    shown = show("/news/one/")
    shown.until("document.querySelector('details')")
    shown.run(
        "document.querySelector('details').open = true; "
        "document.querySelector('input').value = 'typed'"
    )
    shown.run("window.kept = true; window.last = document.querySelector('li')")
    site.article("one", body="Edited text.\n")
    shown.until_text("Edited text")
    site.article("two", title="A story beside it")
    shown.until_text("A story beside it")
    assert not shown.loaded_anew
    assert shown.run(
        "return [document.querySelector('details').open, document.querySelector('input').value]"
    ) == [True, "typed"]


def test_lists_gain_and_lose_stories(show: Callable[[str], Shown], site: SmallSite) -> None:
    """A new story appears in a list and a deleted one disappears, while the elements of the others
    stay.
    """
    shown = show("/topics/ai/")
    shown.run(
        "window.story = [...document.querySelectorAll('main a')].find(a => "
        "a.textContent.includes('Story two'))"
    )
    file = site.article("three", title="Newcomer", publishedDateTime="2026-01-31T08:00:00Z")
    shown.until_text("Newcomer")
    file.unlink()
    shown.until("!document.body.innerText.includes('Newcomer')")
    assert not shown.loaded_anew
    assert shown.run("return window.story.isConnected")


def test_a_style_sheet_is_swapped(show: Callable[[str], Shown], site: SmallSite) -> None:
    """A style sheet named by digest and one named by path are swapped without a reload."""
    site.write("static/own.css", "body { outline: 1px solid red }")
    site.write(
        "templates/article.html",
        (
            "{% extends 'theme/article.html' %}{% block analytics %}<link rel='stylesheet' "
            "href='/own.css'>{% endblock %}"
        ),
    )
    site.write("static/newsgen.css", "main { border-left: 3px solid rgb(1, 2, 3) }")
    shown = show("/news/one/")
    shown.until(
        "getComputedStyle(document.querySelector('main')).borderLeftColor === 'rgb(1, 2, 3)'"
    )
    shown.run("window.kept = true")
    site.write("static/newsgen.css", "main { border-left: 3px solid rgb(3, 2, 1) }")
    shown.until(
        "getComputedStyle(document.querySelector('main')).borderLeftColor === 'rgb(3, 2, 1)'"
    )
    site.write("static/own.css", "body { outline: 5px solid red }")
    shown.until("getComputedStyle(document.body).outlineWidth === '5px'")
    assert not shown.loaded_anew


def test_a_template_reloads(show: Callable[[str], Shown], site: SmallSite) -> None:
    """A changed template reloads the page."""
    shown = show("/news/one/")
    site.write(
        "templates/article.html",
        "{% extends 'theme/article.html' %}{% block title %}From a template{% endblock %}",
    )
    shown.until("document.title === 'From a template'")
    assert shown.loaded_anew


def test_pages_appear_move_and_vanish(show: Callable[[str], Shown], site: SmallSite) -> None:
    """An address without a page shows the page once it exists, and an error once its file was
    renamed.
    """
    shown = show("/news/three/")
    file = site.article("three", title="There at last")
    shown.until_text("There at last")
    file.rename(file.with_name("four.md"))
    shown.until_text("Page not found")
    assert shown.loaded_anew


def test_errors_lie_over_the_page(show: Callable[[str], Shown], site: SmallSite) -> None:
    """An error of the article or of a template shows file, line, source line and hint above the
    last good page until it is fixed.
    """
    shown = show("/news/one/")
    text = (site.root / "content/one.md").read_text()
    overlay = f"{SHADOW}.querySelector('.overlay')"
    site.write("content/one.md", text.replace("title: Story one", "title: [Story one"))
    said = shown.until(f"{overlay}?.innerText")
    assert "content/one.md:" in said
    assert "Below is the page as it was last good." in said
    assert "Paragraph 79" in shown.browser.text()
    assert shown.run(f"return {overlay}.querySelector('a').href").startswith("vscode://file/")
    site.write("content/one.md", text)
    shown.until(f"!{overlay}")
    site.write(
        "templates/article.html",
        "{% extends 'theme/article.html' %}\n{% block main %}{{ article.titel }}{% endblock %}",
    )
    said = shown.until(f"{overlay}?.innerText")
    assert "templates/article.html:2:28" in said
    assert "{{ article.titel }}" in said
    assert "did you mean title?" in said
    (site.root / "templates/article.html").unlink()
    shown.until(f"!{overlay}")
    assert "Paragraph 79" in shown.browser.text()


def test_the_bar_tells_what_made_the_page(show: Callable[[str], Shown], site: SmallSite) -> None:
    """The bar names the article's file, the template and the reason for rendering; a key hides
    it.
    """
    site.article("one", draft=True, body=LONG)
    shown = show("/news/one/")
    bar = f"{SHADOW}.querySelector('.bar')"
    said = shown.until(f"{bar}?.innerText")
    assert said.startswith("draft")
    assert "content/one.md" in said
    assert "templates/article.html" in said
    assert "no problems" in said
    site.article("one", draft=True, body="Short.\n")
    shown.until(f"{bar}.innerText.includes('its article changed')")
    press = "dispatchEvent(new KeyboardEvent('keydown', {altKey: true, code: 'KeyN'}))"
    shown.run(press)
    assert shown.run(f"return {bar}") is None
    shown.run(press)
    assert shown.run(f"return !!{bar}")


def test_drafts_have_badges_in_lists(show: Callable[[str], Shown], site: SmallSite) -> None:
    """In a list, the title of a draft has a badge."""
    site.article("three", title="Not yet", draft=True)
    shown = show("/topics/ai/")
    badge = (
        "getComputedStyle([...document.links].find(a => a.textContent.trim() === 'Not yet'), "
        "'::after').content"
    )
    shown.until(f"{badge} === '\"draft\"'")


def test_a_hidden_page_catches_up(show: Callable[[str], Shown], site: SmallSite) -> None:
    """A page that was hidden while a story changed is updated when it becomes visible."""
    shown = show("/news/one/")
    shown.run(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true});"
        "window.away = true; document.dispatchEvent(new Event('visibilitychange'))"
    )
    site.article("one", title="Meanwhile")
    address = shown.run("return location.href")
    eventually(lambda: b"Meanwhile" in asked(address), "the new title")
    assert "Meanwhile" not in shown.run("return document.body.innerText")
    shown.run("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    shown.until_text("Meanwhile")
    assert not shown.loaded_anew
