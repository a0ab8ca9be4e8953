"""The registry of page kinds: the planners, and the treatment of each type of view.

Other modules ask the kind of a page instead of its class. A kind names functions in `render/`,
because no planner may import Jinja.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from newsgen.pages.articles import ArticleView, plan_articles
from newsgen.pages.base import AnyView, ListView, Page, PlanContext, RedirectView
from newsgen.pages.corrections import CorrectionsView, plan_corrections
from newsgen.pages.date_lists import plan_dates
from newsgen.pages.feeds import FeedView, plan_feeds
from newsgen.pages.files import (
    FileView,
    NotFoundView,
    plan_assets,
    plan_attached,
    plan_not_found,
)
from newsgen.pages.hosts import HeadersView, IconView, ManifestView, RedirectsView, VercelView
from newsgen.pages.image_variants import VariantView
from newsgen.pages.lists import (
    AuthorView,
    HomeView,
    IndexView,
    plan_categories,
    plan_groups,
    plan_home,
)
from newsgen.pages.plain import GoneView, PlainView, plan_gone_answer
from newsgen.pages.search import (
    OpenSearchView,
    SearchCardsView,
    SearchGroupsView,
    SearchIndexView,
    SearchTermsView,
    SearchView,
    plan_search,
)
from newsgen.pages.sitemaps import NewsView, RobotsView, SitemapIndexView, SitemapView
from newsgen.pages.social_cards import SocialCardView
from newsgen.pages.texts import TextView
from newsgen.pages.theme import StyleView, plan_theme

# If two pages want one route, that of the earlier planner stays.
PLANNERS: tuple[Callable[[PlanContext], Iterator[Page]], ...] = (
    plan_assets,
    plan_home,
    plan_categories,
    plan_groups,
    plan_dates,
    plan_articles,
    plan_attached,
    plan_corrections,
    plan_feeds,
    plan_search,
    plan_not_found,
    plan_gone_answer,
    plan_theme,
)


V = TypeVar("V", bound=AnyView)


class PageKind(Struct, Generic[V], frozen=True):
    """The treatment of all pages with one type of view. `render` names the function that makes a
    page's bytes (see render/renderer.py), and `describe` the one that makes its structured data
    (see render/structured.py). `content` is the kind of content file that the page is made from.
    """

    view: type[V]
    render: Literal[
        "template",
        "article",
        "list",
        "feed",
        "body",
        "icon",
        "image",
        "card",
        "copy",
        "json",
        "cards",
        "terms",
    ] = "template"
    describe: Literal["nothing", "story", "list", "author", "index", "trail"] = "nothing"
    content: Literal["none", "article", "plain"] = "none"

    @property
    def name(self) -> str:
        """Return the name of the view's class, as in docs/urls.md."""
        return self.view.__name__

    @property
    def standalone(self) -> bool:
        """Whether its bytes depend only on the view."""
        return self.render in ("image", "card", "copy")


ARTICLE = PageKind(ArticleView, render="article", describe="story", content="article")
IMAGE = PageKind(VariantView, render="image")
SOCIAL_CARD = PageKind(SocialCardView, render="card")
FILE = PageKind(FileView, render="copy")
CARDS = PageKind(SearchCardsView, render="cards")
TERMS = PageKind(SearchTermsView, render="terms")

_ALL: tuple[PageKind[Any], ...] = (
    ARTICLE,
    IMAGE,
    SOCIAL_CARD,
    FILE,
    CARDS,
    TERMS,
    PageKind(PlainView, render="body", describe="trail", content="plain"),
    PageKind(CorrectionsView, render="body", describe="trail"),
    PageKind(ListView, render="list", describe="list"),
    PageKind(AuthorView, render="list", describe="author"),
    PageKind(HomeView, render="list", describe="list"),
    PageKind(IndexView, render="list", describe="index"),
    PageKind(FeedView, render="feed"),
    PageKind(IconView, render="icon"),
    PageKind(SearchView),
    PageKind(OpenSearchView),
    PageKind(SearchIndexView, render="json"),
    PageKind(SearchGroupsView, render="json"),
    PageKind(NotFoundView),
    PageKind(RedirectView),
    PageKind(GoneView),
    PageKind(StyleView),
    PageKind(SitemapView),
    PageKind(SitemapIndexView),
    PageKind(NewsView),
    PageKind(RobotsView),
    PageKind(HeadersView),
    PageKind(RedirectsView),
    PageKind(VercelView),
    PageKind(ManifestView),
    PageKind(TextView),
)
KINDS: Mapping[str, PageKind[Any]] = {kind.name: kind for kind in _ALL}


def kind_of(view: AnyView) -> PageKind[Any]:
    """Return the kind of pages with this type of view."""
    return KINDS[view.__class__.__name__]
