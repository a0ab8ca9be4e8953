"""Render pages to bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import tzinfo
from math import inf
from pathlib import Path
from typing import Any

from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.body.body_links import relinked
from newsgen.content.urls import own_path
from newsgen.core.card import Card
from newsgen.core.model import Article, Label, Reference, Summary
from newsgen.core.problems import build_error
from newsgen.pages.articles import ArticleView
from newsgen.pages.base import AnyView, ListView
from newsgen.pages.corrections import CorrectionsView
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.feeds import FeedView
from newsgen.pages.hosts import IconView
from newsgen.pages.image_variants import VariantView
from newsgen.pages.kinds import KINDS
from newsgen.pages.lists import IndexView
from newsgen.pages.plain import PlainView
from newsgen.pages.search import SearchCardsView, SearchTermsView
from newsgen.pages.social_cards import SocialCardView
from newsgen.pages.views import Views
from newsgen.render.bytecode import Bytecode
from newsgen.render.environment import make_environment
from newsgen.render.feed_content import full_text
from newsgen.render.filters import make_filters, origin_of, site_info
from newsgen.render.image_html import ImageHtml
from newsgen.render.search import cards_json, terms_json, view_json
from newsgen.render.template_errors import template_problem
from newsgen.render.templates import Templates
from newsgen.render.translations import load_words, with_alert_titles
from newsgen.store.cache import CacheDamaged

Articles = Callable[[Collection[bytes]], dict[bytes, Article]]
# Returns the parts of a shard's blocks, by the shard's name, their keys and the file (see
# build/search.py).
Parts = Callable[[str, Sequence[bytes], int], Sequence[str]]


class Renderer:
    """Renders the pages of a site. `articles` returns the Articles that views name by key, `cache`
    is the folder of image copies, `parts` returns what files of search terms are made from.
    """

    def __init__(
        self,
        templates: Templates,
        settings: Settings,
        views: Views,
        articles: Articles,
        cache: Path,
        bytecode: Bytecode | None = None,
        parts: Parts | None = None,
    ) -> None:
        self._parts = parts
        self._templates = templates
        self._views = views
        self._articles = articles
        self._fetched: dict[bytes, Article] = {}
        self._cache = cache
        self._zone = settings.zone
        self._url = settings.url
        self._origin = origin_of(settings)
        self._environment = make_environment(templates, bytecode)
        self._images = ImageHtml(views.media, settings, cache)
        self._environment.filters.update(make_filters(settings, templates.assets, self._images))
        self._environment.globals["site"] = site_info(settings, views.navigation)
        self._words = load_words(templates, settings.language)
        self._environment.globals["words"] = self._words

    def with_pages(self, views: Views) -> Renderer:
        """Return the same renderer for another plan with the same settings, menu and templates.
        Compiled templates are kept.
        """
        other = copy(self)
        other._views, other._fetched = views, {}
        return other

    def compile(self, name: str) -> None:
        """Check that a template compiles. Raises UserError (exit code 3) if it does not."""
        try:
            self._environment.get_template(name)
        except Exception as error:
            raise template_problem(
                error, self._templates, self._environment.filters, name
            ) from error

    def fetch(self, pages: Iterable[EncodedPage]) -> None:
        """Read the Articles of these pages in one query, which is faster than one query for
        each.
        """
        self._fetched = self._articles(set(self._views.article_keys(pages)))

    def render(self, page: EncodedPage, view: AnyView | None = None) -> bytes:
        """Return the page's bytes. Raises UserError (exit code 3) if its template fails."""
        view = view or self._views.view(page)
        kind = KINDS[page.kind].render
        if kind in _DRAWN:
            return _DRAWN[kind](self, view)
        try:
            template = self._environment.get_template(page.template)
            text: str = template.render(_VARIABLES[kind](self, page, view))
            return text.encode()
        except CacheDamaged:
            raise
        except Exception as error:  # any other exception is an error of the template
            # The cache raised it, because templates open no files.
            if isinstance(error, OSError) and error.filename:
                hint = "pass another folder with --cache"
                raise build_error(
                    "cannot-write", f"{error.filename}: {error.strerror}", hint=hint
                ) from None
            raise template_problem(
                error, self._templates, self._environment.filters, page.route
            ) from error

    def _icon(self, view: IconView) -> bytes:
        from newsgen.render.icons import draw_icon

        return draw_icon(view)

    def _image(self, view: VariantView) -> bytes:
        return self._images.bytes_of(view)

    def _card(self, view: SocialCardView) -> bytes:
        from newsgen.images.social_cards import read_card

        return read_card(self._cache, view)

    def _json(self, view: AnyView) -> bytes:
        return view_json(view)

    def _cards(self, view: SearchCardsView) -> bytes:
        return cards_json(view, self._images)

    def _terms(self, view: SearchTermsView) -> bytes:
        if self._parts is None:
            raise LookupError("this renderer has no search terms")
        return terms_json(self._parts(view.name, view.blocks, view.number))

    def _of_template(self, page: EncodedPage, view: AnyView) -> dict[str, Any]:
        return {"page": view}

    def _of_article(self, page: EncodedPage, view: ArticleView) -> dict[str, Any]:
        key = view.record.key
        article = self._fetched.get(key) or self._articles([key])[key]
        if "<img " in article.body:
            body = self._images.body(article.body, self._views.folder(view.record.index))
            article = structs.replace(article, body=body)
        if 'class="alert-title"' in article.body:
            body = with_alert_titles(article.body, self._words)
            article = structs.replace(article, body=body)
        if view.links:
            article = structs.replace(article, body=relinked(article.body, view.links))
        cards = story_cards(view, article, self._zone, self._url)
        drawn = self._views.drawn(view.record.index)
        return {"page": view, "article": article, "drawn": drawn, **cards}

    def _of_body(self, page: EncodedPage, view: PlainView | CorrectionsView) -> dict[str, Any]:
        if "<img " in view.body:
            folder = self._views.plain_folder(page.route)
            view = structs.replace(view, body=self._images.body(view.body, folder))
        if 'class="alert-title"' in view.body:
            view = structs.replace(view, body=with_alert_titles(view.body, self._words))
        return {"page": view}

    def _of_list(self, page: EncodedPage, view: ListView | IndexView) -> dict[str, Any]:
        introduction = view.introduction
        if introduction and introduction.body:
            folder = self._views.plain_folder(page.route)
            body = with_alert_titles(self._images.body(introduction.body, folder), self._words)
            introduction = structs.replace(introduction, body=body)
            return {"page": structs.replace(view, introduction=introduction)}
        return {"page": view}

    def _of_feed(self, page: EncodedPage, view: FeedView) -> dict[str, Any]:
        return {"page": view, "bodies": self._bodies(view)}

    def _bodies(self, view: FeedView) -> list[str]:
        """Return the full text of each story in a feed; "" if it has none or the feed has no full
        text.
        """
        if not view.records:
            return [""] * len(view.cards)
        articles = self._articles({record.key for record in view.records})
        bodies = [
            self._images.feed_body(
                relinked(articles[one.key].body, links), self._views.folder(one.index)
            )
            for one, links in zip(view.records, view.links, strict=True)
        ]
        return [
            full_text(with_alert_titles(body, self._words), self._origin + card.url)
            for card, body in zip(view.cards, bodies, strict=True)
        ]


# Functions by the name that a page kind gives (see pages/kinds.py). Each returns a page's bytes, or
# the variables of its template.
_DRAWN: Mapping[str, Callable[[Renderer, Any], bytes]] = {
    "icon": Renderer._icon,
    "image": Renderer._image,
    "card": Renderer._card,
    "json": Renderer._json,
    "cards": Renderer._cards,
    "terms": Renderer._terms,
}
_VARIABLES: Mapping[str, Callable[[Renderer, EncodedPage, Any], dict[str, Any]]] = {
    "template": Renderer._of_template,
    "article": Renderer._of_article,
    "body": Renderer._of_body,
    "list": Renderer._of_list,
    "feed": Renderer._of_feed,
}


def story_cards(
    view: ArticleView, article: Article, zone: tzinfo, url: str
) -> dict[str, list[Card]]:
    """Return the sidebar and the coverage of a story as cards: articles of this site, and those
    that the article's own list describes.

    `url` is the address of the site. Coverage has all reports of the story, this one too, sorted
    from first to last. If only the article's own list names a source, coverage has its report
    nearest in time to the article. Without another report it is empty.
    """
    own = {
        place: reference_card(article.related[place], zone, url)
        for place in {*view.own, *view.told}
        if place >= 0
    }
    sidebar = [own[pick] if isinstance(pick, int) else pick for pick in view.sidebar]
    return {"sidebar": sidebar, "coverage": _coverage(view, [own[place] for place in view.told])}


def _coverage(view: ArticleView, told: Sequence[Card]) -> list[Card]:
    """Return the reports of a story from first to last. `told` are those of its own list."""
    if not (told or view.members):
        return []
    at = _when(view.card)
    here = {card.source.name for card in view.members}
    others = {
        card.source.name: card
        for card in sorted(told, key=lambda card: -abs(_when(card) - at))
        if card.source.name not in here
    }
    # On a tie, the older file first: cards are newest first.
    reports = [*reversed((view.card, *view.members)), *others.values()]
    return sorted(reports, key=_when)


def _when(card: Card) -> float:
    """Return the time of a card in seconds. A card without a time comes last."""
    return card.time.timestamp() if card.time else inf


def reference_card(item: Reference, zone: tzinfo, url: str) -> Card:
    """Return a related story as a card that links to its source. It is internal if its address is
    on the site at `url`.
    """
    source = Label(item.provider.name, "", "", b"")
    time = item.time.astimezone(zone) if item.time else None
    return Card(
        item.url,
        time,
        item.kind,
        source,
        (),
        Summary(item.title, item.excerpt, item.image),
        external=not own_path(item.url, url),
    )
