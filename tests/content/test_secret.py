"""`secured` never leaves the content file, also in malformed text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.check.fixing import fix_content
from newsgen.check.site_check import CheckOptions, check_site
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.content.loader import Options, load_article
from newsgen.core.frontmatter import decode
from newsgen.core.problems import locate_all, render
from newsgen.core.secret import redact
from newsgen.publish.publish import PublishOptions, publish
from secret_forms import FORMS, NOTE, ONE, TWO
from support import AS_OF, SmallSite, rounds

TOGETHER = 20  # forms in one site


@pytest.mark.parametrize("first", range(0, len(FORMS), TOGETHER))
def test_it_reaches_nothing(site: SmallSite, first: int) -> None:
    """No part of its value is in the built site, the cache, an edition, a problem with its source
    line or a diff of `check --fix`.
    """
    for number, form in enumerate([*FORMS.values()][first : first + TOGETHER]):
        site.write(f"content/hidden-{number}.md", form)
        site.write(f"content/pages/hidden-{number}.md", form)
    problems = list(site.build().problems)
    config = load_config(site.root)
    done = publish(config, PublishOptions(AS_OF, force=True))
    fixing = fix_content(config, 1, dry_run=True)
    checked = check_site(config, CheckOptions(Clock(AS_OF)))
    problems += [*done.problems, *fixing.problems, *checked.problems]
    told = "\n".join(
        [*map(render, locate_all(problems, site.root)), *(file.diff for file in fixing.files)]
    )
    files = [
        path
        for folder in ("site", ".newsgen", "editions")
        for path in (site.root / folder).rglob("*")
        if path.is_file()
    ]
    assert len([path for path in files if path.suffix == ".html"]) > 10
    assert [path for path in files if _holds(path.read_bytes())] == []
    assert not _holds(told.encode())
    assert not [one for one in done.problems if one.code == "guard-leak"]


def _holds(data: bytes) -> list[bytes]:
    parts = [half[at : at + 9].encode() for half in (ONE, TWO) for at in range(len(half) - 8)]
    return [part for part in parts if part in data]


KEPT = (
    "plain",
    "quotes over lines",
    "folded title above",
    "braces",
    "JSON, last",
    "nested",
    "stray dashes before",
    "merge key",
    "TOML, table",
    "TOML, text over lines",
    "TOML, in an inline table",
    "TOML, never closed text",
    "in JSON, nested",
    "in JSON, no space",
)


@pytest.mark.parametrize("form", KEPT)
def test_the_article_stays(form: str) -> None:
    """If everything else can be read, only that field is missing."""
    article, problems = load_article(FORMS[form].encode(), Options("UTC", "commonmark", ()))
    assert article
    assert article.time.date() == datetime(2026, 1, 30, tzinfo=UTC).date()
    assert (article.title, "Text." in article.body) in {("Tide gates", True), ("T8", True)}
    assert [problem.severity for problem in problems if problem.severity == "error"] == []


PROSE = """---
title: 'How a loan is secured: a guide'
excerpt: Funds raised, secured: much
tags: [secured loans, unsecured]
publishedDateTime: 2026-01-30
---
The loan is secured: yes.
Secured: the bank said so, in words.
And secured loans, `unsecured: x`.
"""


def test_the_word_is_no_key() -> None:
    """In a title, an excerpt, a tag or a sentence, it is an ordinary word."""
    assert redact(PROSE).text == PROSE


@pytest.mark.parametrize(
    ("form", "code"),
    [("alias of elsewhere", "shared-secured"), ("stray dashes before", "secured-in-body")],
)
def test_what_cannot_be_right_is_reported(site: SmallSite, form: str, code: str) -> None:
    """An anchor or alias on it leaves the article out; a field in the body is reported with its
    line.
    """
    site.write("content/hidden.md", FORMS[form])
    [problem] = [one for one in site.build().problems if one.code == code]
    [located] = locate_all([problem], site.root)
    assert "secured" in FORMS[form].split("\n")[located.line - 1]
    assert located.source == ""


@settings(max_examples=rounds(120))
@given(
    st.lists(
        st.sampled_from(
            [
                "secured",
                "SECURED: ",
                ": ",
                "\n",
                "\n  ",
                "---\n",
                "'",
                '"',
                "{",
                "}",
                "[",
                ", ",
                "- ",
                "? ",
                "&a ",
                "*a ",
                NOTE,
                "title: x",
            ]
        )
    )
)
def test_every_other_character_keeps_its_place(pieces: list[str]) -> None:
    """Any text keeps its length and its lines, and characters are only replaced by blanks."""
    text = decode("".join(["---\n", *pieces]).encode()).text
    out = redact(text).text
    assert len(out) == len(text)
    assert all(
        new in (old, " ") and (old != "\n" or new == "\n")
        for old, new in zip(text, out, strict=True)
    )


@pytest.mark.parametrize(
    "text",
    [
        "The mission secured Bosnia-Herzegovina\n",
        "What they secured: Landesregierungen\n",
        "A [secured](/2026/01/30/the-harbour-is-secured/) harbour\n",
        "| secured | https://paper.example/2026/01/30/harbour |\n",
        "They secured **1,234,567** votes, secured “2026/27”\n",
    ],
)
def test_prose_stays(text: str) -> None:
    """A body that only mentions the word keeps all of its text."""
    whole = f"---\ntitle: x\n---\nText.\n\n{text}"
    assert redact(whole).text == whole
