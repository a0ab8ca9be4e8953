"""From an item of a feed to a content file: front matter, and a body if the full text is taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import to_builtins

from newsgen.config.budgets import DEFAULT, Budgets
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.from_html import html_to_markdown
from newsgen.content.front_matter_writer import as_front_matter, without_empty
from newsgen.content.repair import clean_provider_name, clean_text, says_nothing
from newsgen.content.slugs import fold, slugify
from newsgen.content.urls import safe_image_url
from newsgen.gather.feeds_file import FeedRules
from newsgen.gather.parse import FeedItem
from newsgen.gather.plain_text import cut_at_word, plain_text
from newsgen.gather.select import without_tracking

_EXCERPT = 300  # characters


def article_path(folder: str, source: str, time: datetime, title: str) -> str:
    """Return the path of a new article in the content folder."""
    above = f"{folder}/" if folder else ""
    return f"{above}{slugify(source)}/{time:%Y-%m-%d}-{slugify(title)}.md"


def article_text(
    item: FeedItem,
    rules: FeedRules,
    source: str,
    time: datetime,
    updated: datetime | None,
    site_language: str,
    hosts: Hosts = Hosts(),  # noqa: B008 - immutable
    budgets: Budgets = DEFAULT,
) -> str:
    """Return an item as the text of a content file. newsgen reads it without a problem. Raises
    OverBudget if its full text is wanted and exceeds a budget.
    """
    body = (
        html_to_markdown(item.content or item.summary, hosts, image=_image, budgets=budgets)
        if rules.full_text
        else None
    )
    known = {fold(name) for name in rules.topics}
    language = rules.language or item.language
    fields: dict[str, Any] = {
        "title": item.title,
        "publishedDateTime": time,
        "updated": updated if updated and updated > time else None,
        "excerpt": _excerpt(item, rules.full_text),
        "webUrl": without_tracking(item.link),
        "provider": without_empty({"name": clean_provider_name(source, _ignore)}),
        "authors": list(item.authors),
        "category": clean_text(rules.category, _ignore),
        "topics": [clean_text(topic, _ignore) for topic in rules.topics],
        "tags": [tag for tag in item.tags if fold(tag) not in known and not tag.startswith("#")],
        "language": "" if _same_language(language, site_language) else language,
        "images": [without_empty(to_builtins(image)) for image in item.images],
        "audio": without_empty(to_builtins(item.audio)) if item.audio else None,
    }
    text = as_front_matter(without_empty(fields))
    return f"{text}\n{body.text}\n" if body and body.text else text


def _same_language(language: str, site: str) -> bool:
    """Return whether a language needs no mention: `en-US` in a site in `en`."""
    one, other = language.lower(), site.lower()
    return not one or one == other or one.partition("-")[0] == other


def _excerpt(item: FeedItem, full_text: bool) -> str:
    """Return the summary as text, or the beginning of the content if no body has it."""
    markup = item.summary
    if full_text and (not item.content or item.content == item.summary):
        return ""
    text = clean_text(plain_text(markup or ("" if full_text else item.content)), _ignore)
    text = cut_at_word(text, _EXCERPT)
    return "" if says_nothing(text, item.title) else text


def _image(url: str) -> str:
    return safe_image_url(url, _ignore) or url


def _ignore(code: str) -> None:
    """Ignore a repair: feeds are repaired silently."""
