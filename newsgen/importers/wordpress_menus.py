"""The menus of a WordPress export: items of type `nav_menu_item`.

An export does not say where the theme shows a menu. A menu with a name such as "Footer" is the
footer's. The header gets the menu with a name such as "Header", else the one with most entries.
Menus of links to social networks are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from newsgen.config.settings import MenuItem, MenuLink
from newsgen.importers.menus import menu_link

# The addresses of WordPress' lists, by the name of the taxonomy.
LISTS = {"category": "/category/{slug}/", "post_tag": "/tag/{slug}/"}
_HEADER = re.compile(r"\b(?:primary|main|header|top|navigation)\b", re.I)
_FOOTER = re.compile(r"\b(?:footer|bottom|legal)\b", re.I)
_SOCIAL = re.compile(r"\bsocial\b", re.I)


class ImportedMenuEntry(Struct, frozen=True):
    """An entry of a menu. `target` is the key of a post or term, "" if the entry has an address.
    `parent` is the number of the entry above it, if there is one.
    """

    number: str
    parent: str
    order: int
    title: str
    target: str
    url: str


class MenuTarget(Struct, frozen=True):
    """A post or term that entries may lead to. A `listed` one has a page once it has articles."""

    name: str
    url: str
    listed: bool = False


class Menus(Struct, frozen=True):
    """The menus of the header and of the footer, as settings."""

    header: tuple[MenuItem | str, ...] = ()
    footer: tuple[MenuLink | str, ...] = ()


def chosen_menus(
    menus: Mapping[str, Sequence[ImportedMenuEntry]], targets: Mapping[str, MenuTarget]
) -> Menus:
    """Return the menus to show, of all menus by name. Entries that lead nowhere are left out."""
    names = [name for name in menus if not _SOCIAL.search(name)]
    footers = [name for name in names if _FOOTER.search(name)]
    others = [name for name in names if name not in footers]
    headers = [name for name in others if _HEADER.search(name)] or others
    header = max(headers, key=lambda name: len(menus[name]), default="")
    footer = max(footers, key=lambda name: len(menus[name]), default="")
    links = [
        _link(entry, targets.get(entry.target)) for entry, _ in _ordered(menus.get(footer, ()))
    ]
    return Menus(
        tuple(_header(menus.get(header, ()), targets)),
        tuple(link for link in links if link),
    )


def _header(
    entries: Sequence[ImportedMenuEntry], targets: Mapping[str, MenuTarget]
) -> Iterator[MenuItem | str]:
    """Yield the top entries, each with all entries below it in one level."""
    groups: list[tuple[ImportedMenuEntry, MenuLink | str | None, list[MenuLink | str]]] = []
    for entry, is_top in _ordered(entries):
        link = _link(entry, targets.get(entry.target))
        if is_top:
            groups.append((entry, link, []))
        elif link:
            groups[-1][2].append(link)
    for entry, link, below in groups:
        if isinstance(link, MenuLink):
            yield MenuItem(name=link.name, url=link.url, items=tuple(below))
        elif below:
            yield MenuItem(name=link or entry.title, items=tuple(below))
        elif link:
            yield link


def _ordered(entries: Sequence[ImportedMenuEntry]) -> Iterator[tuple[ImportedMenuEntry, bool]]:
    """Yield each entry, a parent before those below it, and whether it is at the top."""
    numbers = {entry.number for entry in entries}
    children: dict[str, list[ImportedMenuEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order, reverse=True):
        children.setdefault(entry.parent if entry.parent in numbers else "", []).append(entry)
    waiting = [(entry, True) for entry in children.pop("", [])]
    while waiting:
        entry, is_top = waiting.pop()
        yield entry, is_top
        waiting += [(child, False) for child in children.pop(entry.number, [])]


def _link(entry: ImportedMenuEntry, target: MenuTarget | None) -> MenuLink | str | None:
    """Return the name of a list or an address, None if the entry leads nowhere."""
    if target and target.listed and entry.title in ("", target.name):
        return target.name
    title = entry.title or (target.name if target else "")
    return menu_link(title, target.url if target else entry.url)
