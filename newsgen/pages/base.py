"""What all planners use: pages, links, paging that does not shift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from newsgen.config.settings import Kind, Settings
from newsgen.content.slugs import href
from newsgen.core.model import Card, Label, Site


class StaticFile(Struct, frozen=True):
    """A file of a static folder: its path there, where it stands, the digest of its bytes."""

    path: str
    place: str
    digest: bytes


class AnyView(Struct, frozen=True, array_like=True, gc=False):
    """All that a template may read as `page`. `url` is the page's own link."""

    url: str

    @property
    def title(self) -> str:
        """The page's heading; its link where it has none."""
        return self.url


class View(AnyView, frozen=True, array_like=True, gc=False):
    """A page whose heading no article decides."""

    title: str


class Page(Struct, frozen=True, gc=False):
    """A page to be: its route (decoded, from the site's root), its template ("" for a copied file), its view."""

    route: str
    template: str
    view: AnyView


class Link(Struct, frozen=True, array_like=True, gc=False):
    """A link with its words, how many stories stand behind it, and the day it is about, if any."""

    name: str
    url: str
    count: int = 0
    time: datetime | None = None


class RedirectView(AnyView, frozen=True, array_like=True, gc=False):
    """An address that has moved: `target` is the link that it leads to now, `page_title` the heading there, or `card` the story.
    Such a page is a small HTML page for any host, and a line of `_redirects` with this status (301, 302, 307 or 308) for those
    that read it. With 410 it is such a line alone, for the page of an article that was removed."""

    page_title: str
    target: str
    status: int = 301
    card: Card | None = None

    @property
    def title(self) -> str:
        """The heading of the page that it leads to."""
        return self.card.title if self.card else self.page_title


class PlanContext(Struct, frozen=True):
    """What planners read: the site, the settings, the names of the site's templates for plain pages, the build's
    clock, the static files by path, the path with a digest of those that templates ask for, and
    the titles of the theme's own pages by their English ones."""

    site: Site
    settings: Settings
    layouts: frozenset[str]
    as_of: datetime
    files: Mapping[str, StaticFile]
    assets: Mapping[str, str]
    titles: Mapping[str, str]

    def title(self, english: str) -> str:
        """The title of one of the theme's own pages in the site's language."""
        return self.titles.get(english, english)

    def href(self, route: str) -> str:
        """A route as a link."""
        return href(self.settings.base, route)

    def has(self, kind: Kind) -> bool:
        """Whether pages of this kind are wanted."""
        return kind not in self.settings.without

    def cards(self, members: Sequence[int]) -> tuple[Card, ...]:
        """The cards of these stories."""
        stories = self.site.stories
        return tuple([stories[i].card for i in members])


class Pager(Struct, frozen=True, array_like=True, gc=False):
    """The way to newer and older stories; `number` is 0 on the list's own page."""

    number: int
    newer: str
    older: str


class Tally(Struct, frozen=True, array_like=True, gc=False):
    """A topic or a source, and how many stories of a list it has."""

    label: Label
    count: int


class Lead(Struct, frozen=True, array_like=True, gc=False):
    """A leading story, and who else has it."""

    card: Card
    also: tuple[str, ...]


class ListView(View, frozen=True, array_like=True, gc=False):
    """A list of stories. `label` is the topic, source or category it is about, `date` the first moment
    of its year, month or day; `parts` lead to lists within it, `crumbs` to those above it. `count`, `since`,
    `months` (how many stories each month had, from the oldest to the newest) and `top` (of a topic or a date the sources
    that have most of its stories, of a source the topics), of a longer list of a topic or a source its `lead`, its `busiest` days and
    the topics `within` it, and of a year the `days` that have stories (without an address where days have no pages), are known on the
    list's own page only, so that a new story changes no older page."""

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


def paged(
    planning: PlanContext,
    route: str,
    template: str,
    title: str,
    members: Sequence[int],
    per_page: int,
    crumbs: tuple[Link, ...] = (),
    parts: tuple[Link, ...] = (),
    label: Label | None = None,
    date: datetime | None = None,
    months: tuple[int, ...] = (),
    top: tuple[Tally, ...] = (),
    days: tuple[Link, ...] = (),
) -> Iterator[Page]:
    """A list (newest first) as pages that do not shift: page 1 holds the oldest, full pages never
    change, and the list's own page holds the newest `per_page` to 2 x `per_page` - 1. 0 is no paging."""
    count = len(members)
    full = max(count // per_page - 1, 0) if per_page else 0
    own = planning.href(route)

    def numbered(n: int) -> str:
        return planning.href(f"{route}page/{n}/") if n else ""

    newest = members[: count - full * per_page]
    since = planning.site.stories[members[-1]].card if count else None
    pager = Pager(0, "", numbered(full))
    first = ListView(own, title, planning.cards(newest), pager, crumbs, parts, label, count, since, date, months, top, days=days)
    yield Page(route, template, first)
    for n in range(full, 0, -1):
        end = count - (n - 1) * per_page
        pager = Pager(n, own if n == full else numbered(n + 1), numbered(n - 1))
        cards = planning.cards(members[end - per_page : end])
        view = ListView(numbered(n), title, cards, pager, crumbs, (), label, date=date)
        yield Page(f"{route}page/{n}/", template, view)
