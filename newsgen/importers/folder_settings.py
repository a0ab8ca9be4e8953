"""Convert the configuration of another static site generator to newsgen's settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from msgspec import to_builtins

from newsgen.config.settings import ADDRESS
from newsgen.content.front_matter_writer import without_empty
from newsgen.core.problems import settings_error
from newsgen.importers.folder_files import (
    UNREADABLE,
    has_file,
    is_inside,
    load_data,
    why_unreadable,
)
from newsgen.importers.menus import menu_link
from newsgen.importers.redirect_rules import read_redirects

_JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
_HUGO = ("hugo", "config", "config/_default/hugo", "config/_default/config")
_ELEVENTY = ("_data/site", "_data/metadata", "src/_data/site", "src/_data/metadata")
_PELICAN_FILES = ("pelicanconf.py", "publishconf.py")
# Pelican's placeholders, and newsgen's.
_PELICAN = {
    "{slug}": ":slug",
    "{date:%Y}": ":year",
    "{date:%m}": ":month",
    "{date:%d}": ":day",
    "{date:%-m}": ":i_month",
    "{date:%-d}": ":i_day",
    "{category}": ":section",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class FolderSettings(NamedTuple):
    """Settings of newsgen, the pattern of articles' addresses, and the folder of the content.

    `address` uses the placeholders of articles, and is "" if the files alone decide. `left` are
    redirects that newsgen cannot have, and why.
    """

    settings: dict[str, Any]
    address: str
    content: str
    left: Mapping[str, str] = {}


def folder_settings(kind: str, folder: Path) -> FolderSettings:
    """Return the settings of a site in the folder of another generator.

    Raises UserError (exit code 2) if the folder has no configuration of it.
    """
    try:
        found = _READERS[kind](folder)
        rules = read_redirects(folder, urlsplit(found.settings["url"]).path)
    except UNREADABLE as error:
        message = f"{folder}: the configuration cannot be read: {why_unreadable(error)}"
        raise settings_error("bad-export", message) from None
    if not is_inside(folder, found.content):
        message = f"{folder}: the folder of the content, {found.content}, is elsewhere"
        raise settings_error("bad-export", message, hint="move it there first")
    settings = {**found.settings, "redirects": rules.redirects}
    return found._replace(settings=without_empty(settings), left=rules.left)


def _missing(folder: Path, names: str) -> Exception:
    return settings_error("bad-export", f"{folder} has no {names}")


def _made(
    title: Any,
    url: Any,
    description: Any,
    language: Any,
    timezone: Any,
    menu: list[tuple[Any, Any]],
) -> dict[str, Any]:
    address = str(url or "").rstrip("/")
    items = [to_builtins(link) for name, url in menu if (link := menu_link(name, url))]
    tag = str(language or "").replace("_", "-")
    made = {
        "title": str(title or "") or "Imported site",
        "url": address if ADDRESS.fullmatch(address) else "https://news.example",
        "description": description if isinstance(description, str) else "",
        "language": tag if _LANGUAGE.fullmatch(tag) else "en",
        "timezone": timezone if str(timezone) in available_timezones() else "",
        "menu": items,
    }
    return without_empty(made)


def _links(value: Any, name: str, url: str) -> list[tuple[Any, Any]]:
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    weights = (row.get("weight") for row in rows)
    ordered = [weight if isinstance(weight, int | float) else 0 for weight in weights]
    rows = [rows[n] for n in sorted(range(len(rows)), key=ordered.__getitem__)]
    return [(row.get(name), row.get(url)) for row in rows]


def _jekyll(folder: Path) -> FolderSettings:
    config = load_data(folder, _JEKYLL)
    if config is None:
        raise _missing(folder, "_config.yml")
    navigation = load_data(folder, ("_data/navigation",)) or {}
    url = f"{config.get('url') or ''}{config.get('baseurl') or ''}"
    made = _made(
        config.get("title") or config.get("name"),
        url,
        config.get("description"),
        config.get("lang") or config.get("locale"),
        config.get("timezone"),
        _links(navigation.get("main"), "title", "url"),
    )
    return FolderSettings(made, str(config.get("permalink") or "date"), ".")


def _hugo(folder: Path) -> FolderSettings:
    config = load_data(folder, _HUGO)
    if config is None:
        raise _missing(folder, "hugo.toml, hugo.yaml or config.toml")
    lower = {str(key).lower(): value for key, value in config.items()}
    parameters = lower.get("params")
    parameters = parameters if isinstance(parameters, Mapping) else {}
    menus = lower.get("menus") or lower.get("menu") or {}
    main = menus.get("main") if isinstance(menus, Mapping) else None
    main = [{"url": row.get("pageRef"), **row} for row in main or () if isinstance(row, Mapping)]
    made = _made(
        lower.get("title"),
        lower.get("baseurl"),
        parameters.get("description"),
        lower.get("languagecode") or lower.get("defaultcontentlanguage"),
        lower.get("timezone"),
        _links(main, "name", "url"),
    )
    patterns = lower.get("permalinks")
    patterns = patterns.get("page", patterns) if isinstance(patterns, Mapping) else {}
    known = {value for value in patterns.values() if isinstance(value, str)}
    address = known.pop() if len(known) == 1 else "/:sections/:slugorfilename/"
    return FolderSettings(made, address, str(lower.get("contentdir") or "content"))


def _pelican(folder: Path) -> FolderSettings:
    files = [name for name in _PELICAN_FILES if has_file(folder, name)]
    if _PELICAN_FILES[0] not in files:
        raise _missing(folder, _PELICAN_FILES[0])
    found: dict[str, Any] = {}
    for name in files:
        for node in ast.parse((folder / name).read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                try:
                    found[node.targets[0].id] = ast.literal_eval(node.value)
                except ValueError:
                    continue  # computed: nothing is executed
    items = found.get("MENUITEMS") or ()
    menu = [tuple(item) for item in items if isinstance(item, tuple | list) and len(item) == 2]
    made = _made(
        found.get("SITENAME"), found.get("SITEURL"), found.get("SITESUBTITLE"),
        found.get("DEFAULT_LANG"), found.get("TIMEZONE"), menu,
    )  # fmt: skip
    address = "/" + str(found.get("ARTICLE_URL") or "{slug}.html").lstrip("/")
    for theirs, ours in _PELICAN.items():
        address = address.replace(theirs, ours)
    content = str(found.get("PATH") or "content")
    return FolderSettings(made, "" if "{" in address else address, content)


def _eleventy(folder: Path) -> FolderSettings:
    configured = [*folder.glob(".eleventy.*"), *folder.glob("eleventy.config.*")]
    if not configured:
        raise _missing(folder, "eleventy.config.js or .eleventy.js")
    site = load_data(folder, _ELEVENTY) or {}
    made = _made(
        site.get("title") or site.get("name"), site.get("url"), site.get("description"),
        site.get("language") or site.get("lang"), None, [],
    )  # fmt: skip
    root = (
        "src" if (folder / "src").is_dir() else "content" if (folder / "content").is_dir() else "."
    )
    return FolderSettings(made, "/:sections/:filename/", root)


_READERS = {"jekyll": _jekyll, "hugo": _hugo, "pelican": _pelican, "eleventy": _eleventy}
