"""Shared by all planners: pages, links, and paging with stable pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from newsgen.config.settings import Kind, Settings
from newsgen.content.body.body_links import relinked
from newsgen.content.slugs import href
from newsgen.core.card import Card
from newsgen.core.model import Introduction, Label, Profile
from newsgen.core.site import Site


class StaticFile(Struct, frozen=True):
    """A file of a static folder: its path in that folder, its location on disk, and the digest of
    its bytes.
    """

    path: str
    place: str
    digest: bytes


class AnyView(Struct, frozen=True, array_like=True, gc=False):
    """Everything that a template may read as `page`."""

    url: str
    """The link to this page or file."""

    @property
    def title(self) -> str:
        """Its heading, or its link if it has none."""
        return self.url


class View(AnyView, frozen=True, array_like=True, gc=False):
    """A page whose heading does not depend on an article."""

    title: str
    """Its heading."""


class RedirectRule(Struct, frozen=True, array_like=True, gc=False):
    """A line of `_redirects`."""

    url: str
    """The old address."""
    target: str
    """The link to which it leads now."""
    status: int
    """301, or 302 for the address of a hidden article, or 410 for a removed one: the target is then
    the page to answer with."""


class Page(Struct, frozen=True, gc=False):
    """A planned page: its route (decoded, from the site's root), its template ("" for a file that
    no template makes), and its view.

    `listed` says whether the sitemap lists it if it is HTML. `rule` is the line that hosts need for
    its address. The address of an `immutable` page changes with its bytes.
    """

    route: str
    template: str
    view: AnyView
    listed: bool = True
    rule: RedirectRule | None = None
    immutable: bool = False


class Link(Struct, frozen=True, array_like=True, gc=False):
    """A link to a list."""

    name: str
    """Its text; for a date, such as `2021-11`."""
    url: str
    """Where it leads; nothing if there is no page."""
    count: int = 0
    """The number of stories there; 0 if not counted."""
    time: datetime | None = None
    """The start of the year, month or day it leads to, or none."""


class RedirectView(AnyView, frozen=True, array_like=True, gc=False):
    """An address that has moved: a small HTML page, which works on any host.

    It is also a line in `_redirects`, for hosts that read that file. The heading is `page_title`,
    or the title of `card` if the target is a story.
    """

    page_title: str
    """Internal: use `title`."""
    target: str
    """The link to that page."""
    status: int = 301
    """The status with which a host that reads `_redirects` answers: 301,
    or 302 for the address of a hidden article."""
    card: Card | None = None
    """Internal: use `title`."""

    @property
    def title(self) -> str:
        """The heading of the page it leads to."""
        return self.card.title if self.card else self.page_title


class PlanContext(Struct, frozen=True):
    """The input of planners. `layouts` are the names of the site's templates for plain pages.
    `as_of` is the build's clock. `files` are the static files by path. `assets` maps the static
    files that templates ask for to a path with a digest. `near` are the other files in the content
    folder by path. `titles` maps the English titles of the theme's own pages to those in the site's
    language.
    """

    site: Site
    settings: Settings
    layouts: frozenset[str]
    as_of: datetime
    files: Mapping[str, StaticFile]
    assets: Mapping[str, str]
    titles: Mapping[str, str]
    near: Mapping[str, StaticFile] = {}

    def title(self, english: str) -> str:
        """Return the title of one of the theme's own pages in the site's language."""
        return self.titles.get(english, english)

    def href(self, route: str) -> str:
        """Return a route as a link."""
        return href(self.settings.base, route)

    def has(self, kind: Kind) -> bool:
        """Return whether the site may have pages of this kind."""
        return kind not in self.settings.without and kind not in self.site.navigation.empty

    def introduction(self, route: str) -> Introduction | None:
        """Return the introduction of the list at a route, if it has one."""
        plain = self.site.introductions.get(route)
        if plain is None:
            return None
        page = plain.file.page
        return Introduction(page.title, page.excerpt, relinked(page.body, plain.links))

    def cards(self, members: Sequence[int]) -> tuple[Card, ...]:
        """Return the cards of these stories."""
        stories = self.site.stories
        return tuple([stories[i].card for i in members])


class Pager(Struct, frozen=True, array_like=True, gc=False):
    """Links to the pages of a list."""

    number: int
    """The number of this page; 0 on the list's main page."""
    newer: str
    """The link to newer stories, or nothing."""
    older: str
    """The link to older stories, or nothing."""


class Tally(Struct, frozen=True, array_like=True, gc=False):
    """A topic or a source in a list."""

    label: Label
    """A topic or a source: a [Label](#label)."""
    count: int
    """Its number of stories in the list."""


class Lead(Struct, frozen=True, array_like=True, gc=False):
    """A leading story."""

    card: Card
    """Its [Card](#card)."""
    also: tuple[str, ...]
    """The other sources that have the story, each once."""


class ListView(View, frozen=True, array_like=True, gc=False):
    """A list of stories. Its title is a name, or a date such as `2021-11`. Its main page is the one
    without a number in its address.

    Only the main page has `count` and the fields after it, so that a new story changes no older
    page.
    """

    cards: tuple[Card, ...]
    """Its stories, newest first: [Cards](#card)."""
    pager: Pager
    """Links to newer and older stories: a [Pager](#pager)."""
    crumbs: tuple[Link, ...] = ()
    """[Links](#link) to the lists above this one, from the top, without the front page."""
    parts: tuple[Link, ...] = ()
    """[Links](#link) to lists within this one: the months of a year, the days of a month, the main
    topics on the front page; none on numbered pages."""
    label: Label | None = None
    """The topic, source, category, tag, author, term or folder that the list is about: a
    [Label](#label), or none."""
    count: int = 0
    """The number of stories in the whole list; 0 on numbered pages, so that a new story does not
    change them."""
    since: Card | None = None
    """The [Card](#card) of the oldest story; none on numbered pages."""
    date: datetime | None = None
    """The start of the year, month or day, or none."""
    months: tuple[int, ...] = ()
    """The number of stories of each month, from the month of `since` to the newest; only on the
    main page of a topic or source with eight stories or more."""
    top: tuple[Tally, ...] = ()
    """The sources with the most stories, for a topic and for a date with eight stories or more; the
    topics with the most, for a source: [Tallies](#tally). Only on the list's main page."""
    lead: Lead | None = None
    """The story that [leads](stories.md#the-front-page) a topic or source with eight stories or
    more: a [Lead](#lead), or none. Only on the list's main page."""
    busiest: tuple[Link, ...] = ()
    """For a topic or source, up to three days with at least three times as many stories as its
    average day with stories: [Links](#link) without an address, by number. Only on the list's main
    page."""
    within: tuple[Tally, ...] = ()
    """For a topic, its child topics: [Tallies](#tally). Only on the list's main page."""
    days: tuple[Link, ...] = ()
    """For a year, the days that have stories, with their number: [Links](#link), without an address
    if days have no pages. Only on the list's main page."""
    profile: Profile | None = None
    """For a topic or an author with a data file, its [Profile](#profile); else none. Only on the
    list's main page."""
    introduction: Introduction | None = None
    """The text of an [`_index.md`](articles.md#files-about-folders): an
    [Introduction](#introduction), or none. Only on the list's main page."""


def list_views(
    planning: PlanContext,
    route: str,
    title: str,
    members: Sequence[int],
    per_page: int,
    crumbs: tuple[Link, ...] = (),
    parts: tuple[Link, ...] = (),
    label: Label | None = None,
    date: datetime | None = None,
) -> Iterator[tuple[str, ListView]]:
    """Split a list (newest first) into pages that do not shift. Return route and view of each.

    Page 1 holds the oldest stories, and full pages never change. The list's own page comes first
    and holds the newest `per_page` to 2 x `per_page` - 1 stories. With `per_page` 0 there is only
    that page.
    """
    count = len(members)
    full = max(count // per_page - 1, 0) if per_page else 0
    own = planning.href(route)

    def numbered(n: int) -> str:
        return planning.href(f"{route}page/{n}/") if n else ""

    newest = planning.cards(members[: count - full * per_page])
    since = planning.site.stories[members[-1]].card if count else None
    pager = Pager(0, "", numbered(full))
    introduction = planning.introduction(route)
    title = (introduction and not date and introduction.title) or title
    view = ListView(own, title, newest, pager, crumbs, parts, label, count, since, date)
    yield route, structs.replace(view, introduction=introduction) if introduction else view
    for n in range(full, 0, -1):
        end = count - (n - 1) * per_page
        pager = Pager(n, own if n == full else numbered(n + 1), numbered(n - 1))
        cards = planning.cards(members[end - per_page : end])
        view = ListView(numbered(n), title, cards, pager, crumbs, (), label, date=date)
        yield f"{route}page/{n}/", view


def list_page(route: str, template: str, view: ListView) -> Page:
    """Return a page of a list. The sitemap lists only the list's own page."""
    return Page(route, template, view, listed=not view.pager.number)
