"""The theme's words: every language has all of them, and a site changes and adds some."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
import yaml

from newsgen.core.frontmatter import parse_fast
from newsgen.core.problems import UserError
from newsgen.render.date_formats import locale_of
from newsgen.store.fingerprint import theme_folder
from support import SmallSite

FOLDER = theme_folder("templates") / "words"
LANGUAGES = sorted(file.stem for file in FOLDER.iterdir())
ENGLISH = yaml.safe_load((FOLDER / "en.yaml").read_text("utf-8"))
Made = Callable[..., SmallSite]


def places(word: object) -> set[str]:
    forms = word if isinstance(word, dict) else {"other": word}
    return set(re.findall(r"{(\w+)}", forms["other"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_words(language: str) -> None:
    """A language has the words of English, with the same placeholders and the plural forms of CLDR,
    and the fast parser can read them.
    """
    assert parse_fast((FOLDER / f"{language}.yaml").read_text("utf-8"))
    words = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    assert words.keys() == ENGLISH.keys()
    for name, word in words.items():
        assert places(word) == places(ENGLISH[name]), name
        if isinstance(word, dict):
            assert set(word) <= {*locale_of(language).plural_form.tags, "other"}, name


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    """The templates use only existing words; the other words are titles that planners name in
    English.
    """
    templates = "".join(file.read_text("utf-8") for file in FOLDER.parent.glob("*.html"))
    asked = set(re.findall(r"\bwords\.(\w+)", templates))
    assert asked <= ENGLISH.keys()
    planners = "".join(
        file.read_text("utf-8")
        for file in (FOLDER.parent.parent / "newsgen" / "pages").glob("*.py")
    )
    titles = {name for name, word in ENGLISH.items() if f'"{word}"' in planners} | {
        "topics",
        "sources",
        "tags",
        "authors",
    }
    titles |= {f"alert_{kind}" for kind in ("note", "tip", "important", "warning", "caution")}
    assert ENGLISH.keys() - asked - titles == set()


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["1 story", "2 stories", "11 stories"]),
        ("ar", ["خبر واحد", "خبران", "11 خبرًا"]),
        ("zh-Hant", ["1 条新闻", "2 条新闻", "11 条新闻"]),
    ],
)
def test_plurals(make_site: Made, language: str, lines: list[str]) -> None:
    """A count has the right form in each language."""
    site = make_site(language=language)
    site.article("one")
    site.write("templates/404.html", "{% for n in (1, 2, 11) %}{{ words.stories(n) }}|{% endfor %}")
    site.build()
    assert site.page("404.html").split("|")[:3] == lines


def test_titles_of_alerts_are_words(make_site: Made) -> None:
    """An alert has the word of the site's language, in feeds and plain pages too, or its own
    title.
    """
    site = make_site(language="de", feeds={"full_text": True})
    site.write("templates/words/de.yaml", "alert_tip: Rat & Tat\n")
    body = "> [!NOTE]\n> a\n\n> [!TIP]\n> b\n\n> [!NOTE] Own\n> c\n"
    site.article("one", body=body)
    site.page_file("about", body=body)
    site.build()
    for path in ("/news/one/", "/about/", "feed.xml"):
        titles = re.findall('class="alert-title">([^<]*)<', html.unescape(site.page(path)))
        assert [html.unescape(title) for title in titles] == ["Hinweis", "Rat & Tat", "Own"], path


def test_a_site_changes_and_adds_words(make_site: Made) -> None:
    """A site's file changes some words and leaves the others; markup in a value stays, and other
    text is escaped.
    """
    site = make_site(language="de-AT")
    site.article("one")
    site.write("templates/words/de.yaml", 'latest: "Neu & gut"\nmine: "<{what}>"\n')
    template = (
        "{% set b %}<b>x</b>{% endset %}{{ words.latest }}|{{ words.topics }}|{{ "
        "words.mine(what=b) }}|{{ words.mine(what='<') }}"
    )
    site.write("templates/404.html", template)
    assert [problem.code for problem in site.build().problems] == []
    assert site.page("404.html") == "Neu &amp; gut|Themen|&lt;<b>x</b>&gt;|&lt;&lt;&gt;"
    site.write("templates/words/de.yaml", "latest: Anders\n")
    site.write("templates/404.html", "{{ words.latest }}")
    site.build()
    assert site.page("404.html") == "Anders"


def test_missing_words_are_told(make_site: Made) -> None:
    """A language without words uses English, with one warning; with some of them, the warning names
    the others.
    """
    site = make_site(language="pt-BR")
    site.article("one")
    site.write("templates/404.html", "{{ words.latest }}")
    told = [problem for problem in site.build().problems if problem.code == "missing-words"]
    assert len(told) == 1
    assert site.page("404.html") == "Latest"
    words = {name: word for name, word in ENGLISH.items() if name != "topics"} | {"latest": "Agora"}
    site.write("templates/words/pt.yaml", yaml.safe_dump(words, allow_unicode=True))
    assert [problem.message.rpartition(": ")[2] for problem in site.build().problems] == ["topics"]
    assert site.page("404.html") == "Agora"


@pytest.mark.parametrize("text", ["- a\n", "latest: [a]\n", "latest: {one: x}\n", "latest: 'x\n"])
def test_a_broken_file_stops_the_build(make_site: Made, text: str) -> None:
    """A file that is not a mapping of names to words is an error with its name."""
    site = make_site()
    site.write("templates/words/en.yaml", text)
    with pytest.raises(UserError) as raised:
        site.build()
    assert raised.value.problem.code == "malformed-words"
    assert raised.value.problem.file == "templates/words/en.yaml"
