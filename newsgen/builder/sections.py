"""Find the list that each `_index.md` introduces, and make lists for folders that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from newsgen.builder.plain import visible_pages
from newsgen.builder.route_table import SITE, ListRoutes, RouteTable
from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.data import UNORDERED
from newsgen.content.pages import is_section
from newsgen.content.slugs import make_label, slugify
from newsgen.core.model import Document, PlainFile
from newsgen.core.problems import Problem
from newsgen.core.site import Group, Plain


class Sections(NamedTuple):
    """The content of files about folders. `introductions` are those of lists, by the route of the
    list. `groups` are lists of the stories in folders without another list. `pages` are the files
    about folders without stories: plain pages.
    """

    introductions: dict[str, Plain]
    groups: tuple[Group, ...]
    pages: tuple[Plain, ...]


class SectionPlaces(NamedTuple):
    """Where sections may be: the route table and the routes of lists. `merged` maps the route of
    each category that a topic replaces to the topic's route.
    """

    table: RouteTable
    lists: ListRoutes
    merged: Mapping[str, str]


def find_sections(
    files: Sequence[PlainFile],
    visible: Sequence[Document],
    places: SectionPlaces,
    settings: Settings,
    clock: Clock,
    problems: list[Problem],
) -> Sections:
    """Return the lists that visible files about folders introduce, and the pages that they become.

    A folder's list is the one at the folder's address: of a topic, a category, a term, a day. If
    there is none, the folder gets a list of its stories.
    """
    found = Sections({}, (), ())
    groups, pages = list[Group](), list[Plain]()
    for file in visible_pages(files, clock):
        if not is_section(file.path):
            continue
        folder = file.path.rpartition("/")[0]
        route = _route(folder, settings)
        route = places.merged.get(route, route)
        members: tuple[int, ...] = ()
        if route not in places.lists.of.values() and places.table.taken_by(route) != SITE:
            members = tuple(
                [i for i, one in enumerate(visible) if one.path.startswith(f"{folder}/")]
            )
            if not members:
                if not file.page.title:
                    message = (
                        f"the folder {folder} has no stories, so this is a page; it has no title"
                    )
                    problems.append(_left_out(file, "missing-title", message, "add a title"))
                elif owner := places.table.claim(route, file.path):
                    message = f"its route {route} is taken by {owner}; it is left out"
                    problems.append(_left_out(file, "page-taken", message, "rename the folder"))
                else:
                    pages.append(Plain(file, route))
                continue
            name = file.page.title or folder.rpartition("/")[2]
            url = places.lists.link(route, name)
            route = places.lists.of[url]
            label = make_label(name, url, slugify(folder))
            groups.append(Group(label, route, members, UNORDERED))
        if other := found.introductions.get(route):
            message = f"{other.file.path} introduces the list at {route} too; this is left out"
            problems.append(_left_out(file, "page-taken", message, "remove one of the files"))
        else:
            found.introductions[route] = Plain(file, route)
    return Sections(found.introductions, tuple(groups), tuple(pages))


def _route(folder: str, settings: Settings) -> str:
    """Return the route of a folder's list, as Hugo and Zola derive it."""
    names = [slugify(name) for name in folder.split("/") if name]
    links = settings.permalinks
    terms = {"categories": links.topic, "topics": links.topic, "tags": links.tag}
    pattern = (terms | {"authors": links.author}).get(names[0]) if names else None
    if pattern and len(names) == 2:
        return pattern.format(slug=names[1])
    if names == ["categories"]:
        return "/topics/"
    return "/" + "".join(f"{name}/" for name in names)


def _left_out(file: PlainFile, code: str, message: str, hint: str) -> Problem:
    return Problem("error", code, message, hint=hint, file=file.path)
