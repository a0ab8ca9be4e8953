"""Plan the 404 page and files that are copied unchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from urllib.parse import unquote

from newsgen.config.settings import Settings
from newsgen.core.card import Card
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import Problem
from newsgen.pages.base import Link, Page, PlanContext, StaticFile, View
from newsgen.store.output import above

_NEWEST, _TOPICS = 6, 12  # stories and topics on the 404 page


def missing_files(
    settings: Settings, files: Collection[str], routes: Iterable[str], config: str
) -> Iterator[Problem]:
    """Report files that the settings name and that do not exist: the icon, the theme's logo, its
    fonts.

    `files` are the static files by path. `routes` are those of all pages, because the logo may be
    an icon that newsgen draws. `config` is the settings file.
    """
    theme = settings.theme
    named = {
        "theme.logo": theme.logo,
        **{f"theme.fonts[{i}].file": font.file for i, font in enumerate(theme.fonts)},
    }
    paths = {
        setting: unquote(file.partition("?")[0]).lstrip("/") for setting, file in named.items()
    } | {"icon": settings.icon}
    missing = {setting: path for setting, path in paths.items() if path and path not in files}
    made = frozenset(routes) if missing else frozenset()
    for setting, path in missing.items():
        if setting == "icon" or f"/{path}" not in made:
            code = "missing-icon" if setting == "icon" else "missing-file"
            hint = did_you_mean(path, files, "write its path below that folder")
            message = f"the setting {setting} names {path}, which is not in the static folder"
            yield Problem("warning", code, message, f"$.{setting}", hint, config)


class FileView(View, frozen=True, array_like=True, gc=False):
    """A file to copy: its location on disk, and the digest of its bytes."""

    source: str
    digest: bytes


class NotFoundView(View, frozen=True, array_like=True, gc=False):
    """The page for an address that does not exist."""

    cards: tuple[Card, ...]
    """The six newest stories: [Cards](#card)."""
    topics: tuple[Link, ...]
    """Up to twelve topics: [Links](#link)."""


def plan_not_found(planning: PlanContext) -> Iterator[Page]:
    """Plan the page that hosts show for an address that does not exist."""
    if planning.has("404"):
        site = planning.site
        view = NotFoundView(
            planning.href("/404.html"),
            planning.title("Page not found"),
            planning.cards(range(min(len(site.stories), _NEWEST))),
            tuple(
                Link(group.label.name, group.label.url)
                for group in site.topics[:_TOPICS]
                if group.label.url
            ),
        )
        yield Page("/404.html", "404.html", view)


def overlay(theme: Iterable[StaticFile], site: Iterable[StaticFile]) -> dict[str, StaticFile]:
    """Return a site's static files by path: its own, then the theme's.

    A file of the site replaces the theme's on the same path. It also replaces one that needs a
    folder where it is a file, or the reverse.
    """
    own = {file.path: file for file in site}
    folders = {folder for path in own for folder in above(path)}
    kept = (
        file
        for file in theme
        if file.path not in folders and own.keys().isdisjoint(above(file.path))
    )
    return {file.path: file for file in kept} | own


def plan_files(planning: PlanContext) -> Iterator[Page]:
    """Plan a copy of each static file at its own path."""
    return (_copy(planning, file, file.path) for file in planning.files.values())


def plan_assets(planning: PlanContext) -> Iterator[Page]:
    """Plan a copy of each static file that templates use through `asset`, under a name with the
    file's digest.
    """
    for name, path in planning.assets.items():
        if path not in planning.files:
            yield _copy(planning, planning.files[name], path)


def plan_attached(planning: PlanContext) -> Iterator[Page]:
    """Plan a copy of each file that the page of a story needs, beside that page."""
    for route, path in planning.site.attached:
        file = planning.near[path]
        yield _copy(planning, file, route[1:])


def _copy(planning: PlanContext, file: StaticFile, path: str) -> Page:
    return Page(
        f"/{path}", "", FileView(planning.href(f"/{path}"), file.path, file.place, file.digest)
    )
