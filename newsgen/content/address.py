"""The address that an article names for itself, also in the patterns of other tools. Pure.

Jekyll and Hugo write `/:year/:title/`, Eleventy `/{{ page.fileSlug }}/`. Here each placeholder is
`:name`, and the builder fills it in.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from newsgen.content.field_reader import Reader
from newsgen.content.urls import own_path, safe_route
from newsgen.core.alias_names import ALIASES
from newsgen.core.patterns import lazily

KEYS = ("permalink", "url", "path")
_OF_SOURCES = {name for name, field in ALIASES.items() if field == "webUrl"}
# Jekyll's named patterns.
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title.html",
}
_NAMES = "|".join(
    (
        *("year", "short_year", "month", "i_month", "day", "i_day", "title", "slugorfilename"),
        *("slugorcontentbasename", "slug", "filename", "contentbasename", "name", "basename"),
        *("categories", "category", "sections", "section", "output_ext"),
    )
)
PLACEHOLDER = lazily(rf":({_NAMES})(?![a-z_])")
_TEMPLATE = lazily(
    r"\{\{-?\s*(?:page\.fileSlug|page\.slug|slug|title\s*\|\s*(?:slug|slugify))\s*-?\}\}"
)
_INDEX = lazily(r"(?<=/)index\.html?$")


def read_address(reader: Reader, front: dict[str, Any]) -> str:
    """Return the article's address as a path with placeholders, "" if it names none.

    One that is not within the site is reported, and so is `false`, which withholds the article.
    """
    if withholds(front.get("permalink")):
        message = "false is not an address: the article is withheld, as by draft: true"
        reader.note("warning", "bad-address", message, "$", "permalink")
        return ""
    text = reader.text(front, "$", "permalink").strip()
    if not text:
        return ""
    pattern = _INDEX.sub("", _TEMPLATE.sub(":slug", _STYLES.get(text, text)))
    if safe_route(PLACEHOLDER.sub("x", pattern)):
        return pattern
    message = f"{text[:60]!r} is not an address within the site; the usual one is used"
    reader.note("warning", "bad-address", message, "$", "permalink")
    return ""


def withholds(text: Any) -> bool:
    """Return whether an address is Eleventy's `false`: the file has no page."""
    return text is False or (isinstance(text, str) and text.strip().lower() == "false")


def with_own_addresses(front: Any, site: str) -> Any:
    """Return front matter with absolute addresses of the site at `site` as paths.

    Another site's address in `url` is that of the article's source. The site's own address in
    `canonicalURL` and similar keys is left out, because it names no source.
    """
    if not isinstance(front, dict):
        return front
    for key in _OF_SOURCES & front.keys():
        value = front[key]
        if value.__class__ is str and site and own_path(value, site):
            front = {name: one for name, one in front.items() if name != key}
    for key in KEYS:
        value = front.get(key)
        if value.__class__ is str and value.startswith(("http://", "https://")):
            path = own_path(value, site).removeprefix(urlsplit(site).path.rstrip("/"))
            rest = {name: one for name, one in front.items() if name != key}
            if path:
                front = {**rest, key: path}
            elif key == "url" and "webUrl" not in front:
                front = {**rest, "webUrl": value}
    return front
