"""Build what all pages link to: the sections, the header's menu and the footer's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newsgen.builder.plain import page_name
from newsgen.config.paths import composed
from newsgen.config.settings import MenuItem, MenuLink, Settings
from newsgen.content.data import UNORDERED, NameFact
from newsgen.content.pages import FOLDER
from newsgen.content.slugs import fold, href, make_label, setting_link
from newsgen.core.model import Label, MenuEntry, Navigation, PlainFile
from newsgen.core.problems import Problem
from newsgen.core.site import Group, Plain

_SECTIONS = 18  # each page has them


class Targets(NamedTuple):
    """The targets of menu entries, in the order of lookup: plain pages, topics, categories. `files`
    are all plain pages, also those that are not visible, and `facts` all data files of topics.
    """

    pages: Sequence[Plain]
    topics: Sequence[Group]
    categories: Sequence[Group]
    files: Sequence[PlainFile]
    facts: Sequence[NameFact]


def main_topics(topics: Sequence[Group]) -> list[Group]:
    """Return the topics that have a page and a data file, in the order of those files."""
    return [group for group in topics if group.label.url and group.order < UNORDERED]


def make_navigation(
    targets: Targets, empty: Iterable[str], settings: Settings, problems: list[Problem]
) -> Navigation:
    """Return what all pages link to. `empty` names the indexes that have nothing to list.

    An unknown name is a problem. The footer's menu ends with the plain pages that ask for a place
    in it. Each link appears once.
    """
    names = _Names(targets, settings, problems)
    menu = [entry for item in settings.menu if (entry := names.entry(item))]
    asking = (names.page(page) for page in targets.pages if page.file.page.menu)
    footer: dict[str, Label] = {}
    for label in (*names.labels(settings.footer_menu, "footer_menu"), *asking):
        footer.setdefault(label.url, label)
    return Navigation(
        tuple(group.label for group in main_topics(targets.topics)[:_SECTIONS]),
        tuple(menu),
        tuple(footer.values()),
        tuple(empty),
    )


class _Names:
    """Finds what the entries of a menu name."""

    def __init__(self, targets: Targets, settings: Settings, problems: list[Problem]) -> None:
        self._settings, self._problems = settings, problems
        self._by_name: dict[str, Label] = {}
        for page in targets.pages:
            self._by_name.setdefault(page_name(page.file.path), self.page(page))
        for group in (*targets.topics, *targets.categories):
            for name in (fold(group.label.name), group.label.slug):
                if group.label.url:
                    self._by_name.setdefault(name, group.label)
        # These have no page now, but may get one later.
        self._absent = {page_name(file.path) for file in targets.files}
        for fact in targets.facts:
            self._absent |= {fold(fact.name), fact.slug}

    def page(self, page: Plain) -> Label:
        """Return the link to a plain page."""
        return make_label(page.file.page.title, href(self._settings.base, page.route), "")

    def entry(self, item: MenuItem | str) -> MenuEntry | None:
        """Return an entry of the header's menu, or None if it leads nowhere."""
        if isinstance(item, str):
            found = self._find(item, "menu")
            return MenuEntry(found.name, found.url) if found else None
        items = tuple(self.labels(item.items, "menu"))
        if item.url:
            return MenuEntry(item.name, self._link(item.url), items)
        found = self._by_name.get(item.name) or self._by_name.get(fold(item.name))
        if found or items:
            return MenuEntry(item.name, found.url if found else "", items)
        self._find(item.name, "menu")
        return None

    def labels(self, items: Iterable[MenuLink | str], setting: str) -> Iterable[Label]:
        """Return the links of a list without submenus."""
        for item in items:
            if not isinstance(item, str):
                yield make_label(item.name, self._link(item.url), "")
            elif found := self._find(item, setting):
                yield found

    def _link(self, url: str) -> str:
        return setting_link(self._settings.base, url)

    def _find(self, name: str, setting: str) -> Label | None:
        name = composed(name)
        found = self._by_name.get(name) or self._by_name.get(fold(name))
        if found is None and self._absent.isdisjoint((name, fold(name))):
            message = (
                f"{setting} names {name}, which is not a page, topic or category; it is left out"
            )
            hint = f"write {FOLDER}{name}.md in the content folder, or give a name and an url"
            self._problems.append(Problem("warning", "no-menu-page", message, hint=hint))
        return found
