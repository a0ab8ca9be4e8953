"""A page to bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from copy import copy
from datetime import tzinfo
from math import inf
from operator import itemgetter
from pathlib import Path

from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.urls import own_path
from newsgen.core.model import Article, Card, Label, Reference, Summary
from newsgen.core.problems import build_error
from newsgen.pages.articles import ArticleView
from newsgen.pages.base import AnyView
from newsgen.pages.corrections import CorrectionsView
from newsgen.pages.feeds import FeedView
from newsgen.pages.hosts import IconView
from newsgen.pages.hydrate import PageSet
from newsgen.pages.images import VariantView
from newsgen.pages.plain import PlainView
from newsgen.pages.plan import EncodedPage
from newsgen.render.environment import Bytecode, make_environment
from newsgen.render.feeds import full_text
from newsgen.render.filters import make_filters, origin_of, site_info
from newsgen.render.images import Pictures
from newsgen.render.template_errors import template_problem
from newsgen.render.templates import Templates
from newsgen.render.translations import load_words
from newsgen.store.cache import CacheDamaged

Articles = Callable[[Collection[bytes]], dict[bytes, Article]]


class Renderer:
    """Renders the pages of a site. `articles` gives the Articles that views name by their records, `cache` is the folder
    where copies of pictures are kept."""

    def __init__(
        self, templates: Templates, settings: Settings, views: PageSet, articles: Articles, cache: Path, bytecode: Bytecode | None = None
    ) -> None:
        self._templates = templates
        self._views = views
        self._articles = articles
        self._fetched: dict[bytes, Article] = {}
        self._zone = settings.zone
        self._url = settings.url
        self._origin = origin_of(settings)
        self._environment = make_environment(templates, bytecode)
        self._pictures = Pictures(views.media, settings, cache)
        self._environment.filters.update(make_filters(settings, templates.assets, self._pictures))
        self._environment.globals["site"] = site_info(settings, views.plan.menu)
        self._environment.globals["words"] = load_words(templates, settings.language)

    def over(self, views: PageSet) -> Renderer:
        """The same for another plan of these settings, menu and templates: what is compiled stays."""
        other = copy(self)
        other._views, other._fetched = views, {}
        return other

    def compile(self, name: str) -> None:
        """Look whether a template can be compiled. Raises UserError (exit code 3) where it cannot."""
        try:
            self._environment.get_template(name)
        except Exception as error:
            raise template_problem(error, self._templates, self._environment.filters, name) from error

    def fetch(self, views: Iterable[AnyView]) -> None:
        """Get the Articles of these pages at once: a query for each would take longer."""
        self._fetched = self._articles({view.record.key for view in views if isinstance(view, ArticleView)})

    def render(self, page: EncodedPage, view: AnyView | None = None) -> bytes:
        """The page's bytes. Raises UserError (exit code 3) where its template fails."""
        view = view or self._views.view(page)
        if isinstance(view, IconView):
            from newsgen.render.icons import draw_icon

            return draw_icon(view)
        if isinstance(view, VariantView):
            return self._pictures.bytes_of(view)
        try:
            template = self._environment.get_template(page.template)
            if isinstance(view, ArticleView):
                key = view.record.key
                article = self._fetched.get(key) or self._articles([key])[key]
                if "<img " in article.body:
                    body = self._pictures.body(article.body, self._views.folder(view.record.index))
                    article = structs.replace(article, body=body)
                text: str = template.render(page=view, article=article, **story_cards(view, article, self._zone, self._url))
            elif isinstance(view, FeedView):
                text = template.render(page=view, bodies=self._bodies(view))
            else:
                if isinstance(view, PlainView | CorrectionsView) and "<img " in view.body:
                    view = structs.replace(view, body=self._pictures.body(view.body, self._views.plain_folders[page.route]))
                text = template.render(page=view)
            return text.encode()
        except CacheDamaged:
            raise
        except Exception as error:  # whatever a template raises is the template's
            if isinstance(error, OSError) and error.filename:  # the cache's: templates touch no file
                hint = "--cache names another folder for it"
                raise build_error("cannot-write", f"{error.filename}: {error.strerror}", hint=hint) from None
            raise template_problem(error, self._templates, self._environment.filters, page.route) from error

    def _bodies(self, view: FeedView) -> list[str]:
        """The full text of each story of a feed; "" where it has none or the feed does not carry it."""
        if not view.records:
            return [""] * len(view.cards)
        articles = self._articles({record.key for record in view.records})
        bodies = [self._pictures.feed_body(articles[one.key].body, self._views.folder(one.index)) for one in view.records]
        return [full_text(body, self._origin + card.url) for card, body in zip(view.cards, bodies, strict=True)]


def story_cards(view: ArticleView, article: Article, zone: tzinfo, url: str) -> dict[str, list[Card]]:
    """The sidebar and the coverage of the story as cards: those of this site, whose address is `url`, and those that the article's own
    list describes. Coverage has one card of a source, that which came nearest to the article, from the first to the last."""
    own = {place: reference_card(article.related[place], zone, url) for place in {*view.own, *view.told} if place >= 0}
    told = [(_when(card), card) for card in (*view.members, *map(own.__getitem__, view.told))]
    at = _when(view.card)
    by_source = {card.source.name: (when, card) for when, card in sorted(told, key=lambda one: -abs(one[0] - at))}
    sidebar = [own[pick] if isinstance(pick, int) else pick for pick in view.sidebar]
    return {"sidebar": sidebar, "coverage": [card for _, card in sorted(by_source.values(), key=itemgetter(0))]}


def _when(card: Card) -> float:
    """The time of a card in seconds; what has none came last."""
    return card.time.timestamp() if card.time else inf


def reference_card(item: Reference, zone: tzinfo, url: str) -> Card:
    """A related story as a card that links to its source, which is the site at `url` where the address is the site's own."""
    source = Label(item.provider.name, "", "", b"")
    time = item.time.astimezone(zone) if item.time else None
    return Card(
        item.url, time, item.kind, source, (), Summary(item.title, item.excerpt, item.picture), external=not own_path(item.url, url)
    )
