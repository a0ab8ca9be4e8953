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
    """An article. May use `{category}`, `{stem}` (the slug, or the name of the file), `{slug}` (the
    same without a date), `{year}`, `{month}` and `{day}`."""
    topic: str = "/topics/{slug}/"
    """A topic."""
    source: str = "/sources/{slug}/"
    """A source."""
    tag: str = "/tags/{slug}/"
    """A tag."""
    author: str = "/authors/{slug}/"
    """An author."""
    date: str = "/{year}/{month}/{day}/"
    """A day. The value must end with these three words; a month and a year use it without the end.
    """


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
