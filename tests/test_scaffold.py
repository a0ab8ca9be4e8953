"""New files: any text that a user types is read back unchanged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.config.settings import load_config
from newsgen.content.loader import Options, load_article, load_page
from newsgen.content.repair import clean_text
from newsgen.core.problems import UserError
from newsgen.inspect.scaffold import as_known, init_site, new_article, new_page
from support import SmallSite

READING = Options("Asia/Tokyo", "commonmark", ())
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
texts = st.text(max_size=40) | st.sampled_from(
    [
        "NO",
        "1e3",
        "a: b",
        "- a",
        "#a",
        "{{a}}",
        "&a",
        "*a",
        "!a",
        "'",
        '"',
        "\\",
        "%a",
        "@a",
        "`a`",
        "...",
        "---",
        "../a",
    ]
)


def clean(text: str) -> str:
    return clean_text(text, lambda code: None)


@given(texts, texts, st.lists(texts, max_size=3), st.booleans())
def test_an_article_is_read_back_as_it_was_typed(
    title: str, category: str, topics: list[str], draft: bool
) -> None:
    """Title, category, topics and time are read back as typed, after cleaning.

    There is no problem, and the file lies in the content folder.
    """
    with TemporaryDirectory() as folder:
        config = load_config(SmallSite(Path(folder), timezone="Asia/Tokyo").root)
        if not clean(title):
            with pytest.raises(UserError, match="the title is empty"):
                new_article(config, title, NOW, category, (), draft)
            return
        file = new_article(config, title, NOW, category, as_known(topics, {}), draft)
        assert config.paths.content in file.resolve().parents
        article, problems = load_article(file.read_bytes(), READING)
    assert article
    assert problems == []
    assert (article.title, article.category, article.time, article.draft) == (
        clean(title),
        clean(category),
        NOW,
        draft,
    )
    assert {topic.casefold() for topic in article.topics} <= {
        clean(topic).casefold() for topic in topics
    }


@given(texts)
def test_a_page_is_read_back_as_it_was_typed(title: str) -> None:
    """A plain page is read back as typed."""
    with TemporaryDirectory() as folder:
        config = load_config(SmallSite(Path(folder)).root)
        if clean(title):
            page, problems = load_page(new_page(config, title, draft=False).read_bytes(), READING)
            assert page
            assert (page.title, problems) == (clean(title), [])


@given(texts)
def test_any_title_makes_a_site(title: str) -> None:
    """Settings with any title are read back with that title."""
    with TemporaryDirectory() as folder:
        if clean(title):
            init_site(Path(folder), title, "https://wire.example", NOW)
            assert load_config(Path(folder)).settings.title == clean(title)
