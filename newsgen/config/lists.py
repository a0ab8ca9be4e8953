"""The settings about lists of stories: archive, related stories, coverage, feeds and sources."""

from typing import Annotated, Literal

from msgspec import Meta

from newsgen.config.reader import Count, Table


class Archive(Table, frozen=True):
    """Year, month and day pages."""

    per_page: Annotated[int, Meta(ge=0)] = 40
    """The same for years, months and days. 0 puts all stories on one page."""
    days: Literal["always", "auto"] = "always"
    """Whether days have pages. `auto` leaves them out while days with stories have fewer than three
    on average: their month shows the same stories under the day's heading. Of 1,000 stories on 664
    days, this saves three of ten pages. When the average passes three, days get pages, and when it
    falls below, they lose them."""


class Related(Table, frozen=True):
    """The sidebar of an article."""

    limit: Annotated[int, Meta(ge=0)] = 8
    """How many related stories to show beside an article. 0 means none."""
    fill: bool = True
    """Whether to add [similar stories](stories.md#related-stories) to an article's own list of
    related stories."""


class Stories(Table, frozen=True):
    """Which articles report the same event."""

    window: Annotated[int, Meta(ge=0, le=365)] = 14
    """The most days between two articles for newsgen to recognise the [same event](stories.md) from
    their texts. 0 joins articles only by their own lists."""
    gap: Annotated[int, Meta(ge=0, le=365)] = 7
    """A [story](stories.md) ends when no article joins it for this number of days. 0 joins only
    articles published at the same time."""
    redirect: bool = True
    """Whether the address of a hidden article redirects to the story it is part of."""


class Feeds(Table, frozen=True):
    """RSS, Atom and JSON feeds, for the whole site and for each topic."""

    limit: Count = 30
    """How many stories a feed holds."""
    full_text: bool = False
    """Whether feeds contain the full text of stories instead of the excerpt."""


class Sources(Table, frozen=True):
    """What counts as a source, and which sources' stories search engines should index elsewhere."""

    platforms: tuple[str, ...] = ("youtube.com", "msn.com")
    """Sites that carry many publishers. An article from such a site has its publisher's name as its
    source, not the site's."""
    noindex: tuple[str, ...] = ()
    """Sources, by slug, such as `scmp.com`. Their stories' pages ask search engines not to index
    them. Meant for sources whose full text you republish."""
    canonical: tuple[str, ...] = ()
    """Sources, by slug. Their stories' pages instead name the source's page as the original."""
