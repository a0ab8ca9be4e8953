"""The site: all stories, their groups, plain pages and menus, as one immutable value."""

from msgspec import Struct

from newsgen.core.card import Card
from newsgen.core.model import Correction, Document, Label, Navigation, PlainFile, Profile, Terms


class Group(Struct, frozen=True, gc=False):
    """A topic, source, category, tag, author, term or folder, with its stories.

    `route` is that of its list, "" if it has none. `members` are indexes in `Site.stories`,
    ascending, so newest first. `order` is its position in the data files, and `profile` is what
    its data file says about it, None without one.
    """

    label: Label
    route: str
    members: tuple[int, ...]
    order: int
    parent: Label | None = None
    profile: Profile | None = None


class Taxonomy(Struct, frozen=True, gc=False):
    """A key that groups stories: its index and the groups of its terms."""

    key: str
    title: str
    route: str
    groups: tuple[Group, ...]


class Story(Struct, frozen=True, gc=False):
    """A visible article with its file, card, route and category.

    `placement` is the digest of the card without its Summary. Times of corrections are in the
    site's time zone. `links` maps links in its body, as written, to those of its page.
    """

    document: Document
    card: Card
    placement: bytes
    route: str
    category: Label
    tags: tuple[Label, ...]
    authors: tuple[Label, ...]
    corrections: tuple[Correction, ...]
    links: tuple[tuple[str, str], ...] = ()
    terms: tuple[Terms, ...] = ()


class Plain(Struct, frozen=True, gc=False):
    """A visible plain page: its file and route. `links` maps links in its body, as written, to
    those of its page.
    """

    file: PlainFile
    route: str
    links: tuple[tuple[str, str], ...] = ()


HIDDEN = -2


class Site(Struct, frozen=True, gc=False):
    """Everything to publish, as one value. Every list is newest first.

    Stories are given by their indexes in `stories`. `listed` holds, for each story, the stories in
    its own list of related ones. There, -1 is a story that this site does not have, and HIDDEN a
    story that must not be named. `covered` holds the other sources of each story, with their
    positions in that list (see `builder/ranking.py`). `gone` holds the routes of removed articles
    that leave a page saying so.

    `leads` holds, for each story, the lead of its event. `members` holds all stories of an event by
    its lead, if there are several. `moved` holds the routes that hidden articles would have, with
    the lead of their story. `attached` holds the routes of files that pages of stories need, with
    their paths in the content folder. `missing` holds links in bodies that lead to no file, each
    after the file that has it. `merged` holds the route of each category that has the name of a
    topic, with the topic's route and name: both are one list. `sections` are the lists of folders,
    and `introductions` the files about folders, by the route of the list that each introduces.
    """

    stories: tuple[Story, ...]
    topics: tuple[Group, ...]
    sources: tuple[Group, ...]
    categories: tuple[Group, ...]
    tags: tuple[Group, ...]
    authors: tuple[Group, ...]
    pages: tuple[Plain, ...]
    navigation: Navigation
    gone: tuple[str, ...]
    listed: tuple[tuple[int, ...], ...]
    covered: tuple[tuple[tuple[int, str], ...], ...]
    leads: tuple[int, ...]
    members: dict[int, list[int]]
    moved: tuple[tuple[str, int], ...]
    attached: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[str, str, str], ...] = ()
    taxonomies: tuple[Taxonomy, ...] = ()
    sections: tuple[Group, ...] = ()
    introductions: dict[str, Plain] = {}
