"""The settings `permalinks.*`: the addresses of pages."""

import re

from newsgen.config.reader import SettingsFile, Table

_PLACEHOLDERS = {
    "article": {"category", "stem", "slug", "year", "month", "day"},
    "topic": {"slug"},
    "source": {"slug"},
    "tag": {"slug"},
    "author": {"slug"},
    "date": {"year", "month", "day"},
}


class Permalinks(Table, frozen=True):
    """The addresses of pages, from the site's root."""

    article: str = "/{category}/{stem}/"
    topic: str = "/topics/{slug}/"
    source: str = "/sources/{slug}/"
    tag: str = "/tags/{slug}/"
    author: str = "/authors/{slug}/"
    date: str = "/{year}/{month}/{day}/"


def check_permalinks(permalinks: Permalinks, source: SettingsFile) -> None:
    """Raise UserError (exit code 2) if an address cannot work, with its position in the file."""
    for name, allowed in _PLACEHOLDERS.items():
        _check(f"permalinks.{name}", getattr(permalinks, name), allowed, source)


def _check(name: str, pattern: str, allowed: set[str], source: SettingsFile) -> None:
    used = set(re.findall(r"{([^{}]*)}", pattern))
    known = "it knows " + ", ".join(sorted(allowed))
    if not re.fullmatch(r"/(?:[^\s{}/?#]|{[a-z]+}|/(?!/))*/", pattern) or ".." in pattern:
        raise source.wrong(name, "does not start and end with /, as in /{category}/{stem}/")
    if used - allowed:
        raise source.wrong(name, f"does not know {{{min(used - allowed)}}}", known)
    if name == "permalinks.date" and not pattern.endswith("{year}/{month}/{day}/"):
        raise source.wrong(name, "does not end with {year}/{month}/{day}/")
    if not used:
        raise source.wrong(name, "has no part that distinguishes pages", known)
