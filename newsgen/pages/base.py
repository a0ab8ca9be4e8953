"""What all planners use: pages, links, and paging with stable pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from newsgen.config.settings import Kind, Settings
from newsgen.content.body.places import relinked
from newsgen.content.slugs import href
from newsgen.core.model import Card, Introduction, Label, Profile
from newsgen.core.site import Site


class StaticFile(Struct, frozen=True):
    """A file of a static folder: its path in that folder, its location on disk, and the digest of
    its bytes.
    """

    path: str
    place: str
    digest: bytes


class AnyView(Struct, frozen=True, array_like=True, gc=False):
    """Everything a template may read as `page`. `url` is the page's own link."""

    url: str

    @property
    def title(self) -> str:
        """Return the page's heading, or its link if it has none."""
        return self.url


class View(AnyView, frozen=True, array_like=True, gc=False):
    """A page whose heading does not depend on an article."""

    title: str


class RedirectRule(Struct, frozen=True, array_like=True, gc=False):
    """A line of `_redirects`: a link, its target and the status. The status is 410 for a removed
    article, and the target is then the page to answer with.
    """

    url: str
    target: str
    status: int


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
    """A link with its text, the number of stories behind it, and the day it is about, if any."""

    name: str
    url: str
    count: int = 0
    time: datetime | None = None


class RedirectView(AnyView, frozen=True, array_like=True, gc=False):
    """An address that has moved.

    `target` is the link it leads to. The heading there is `page_title`, or the title of `card` if
    that is a story. A redirect is a small HTML page, which works on any host. It is also a line in
    `_redirects`, for hosts that read that file. `status` is 301, or 302 for the address of a hidden
    article.
    """

    page_title: str
    target: str
    status: int = 301
    card: Card | None = None

    @property
    def title(self) -> str:
        """Return the heading of the page it leads to."""
        return self.card.title if self.card else self.page_title


class PlanContext(Struct, frozen=True):
    """What planners read.

    `layouts` are the names of the site's templates for plain pages. `as_of` is the build's clock.
    `files` are the static files by path. `assets` maps the static files that templates ask for to a
    path with a digest. `near` are the other files in the content folder by path. `titles` maps the
    English titles of the theme's own pages to those in the site's language.
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
        """Whether the site may have pages of this kind."""
        return kind not in self.settings.without and kind not in self.site.navigation.empty

    def introduction(self, route: str) -> Introduction | None:
        """Return what introduces the list at a route."""
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
    """Links to newer and older stories. `number` is 0 on the list's own page."""

    number: int
    newer: str
    older: str


class Tally(Struct, frozen=True, array_like=True, gc=False):
    """A topic or a source, and how many stories of a list it has."""

    label: Label
    count: int


class Lead(Struct, frozen=True, array_like=True, gc=False):
    """A leading story, and the names of the other sources that have it."""

    card: Card
    also: tuple[str, ...]


class ListView(View, frozen=True, array_like=True, gc=False):
    """A list of stories.

    `label` is the topic, source or category that the list is about, `date` the start of its year,
    month or day. `parts` link to lists within it, `crumbs` to those above it.

    Only the list's own page has the following fields, so that a new story changes no older page.
    `count` is the number of stories, `since` the oldest one, and `months` the number of stories in
    each month, oldest first. `top` holds the sources with most stories (for a topic or a date) or
    the topics with most (for a source). A longer list of a topic or a source also has its `lead`
    and its `busiest` days. `within` holds the topics below this one. `days` holds the days of a
    year that have stories, without an address if days have no pages. `profile` is what the data
    file of a topic or an author says, `introduction` what the file about a folder says.
    """

    cards: tuple[Card, ...]
    pager: Pager
    crumbs: tuple[Link, ...] = ()
    parts: tuple[Link, ...] = ()
    label: Label | None = None
    count: int = 0
    since: Card | None = None
    date: datetime | None = None
    months: tuple[int, ...] = ()
    top: tuple[Tally, ...] = ()
    lead: Lead | None = None
    busiest: tuple[Link, ...] = ()
    within: tuple[Tally, ...] = ()
    days: tuple[Link, ...] = ()
    profile: Profile | None = None
    introduction: Introduction | None = None


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
