"""Names that other tools give to fields: front matter of theirs gets newsgen's names.

What decides who may see an article is not read here, except the names of `expires`: a key such as
`status` or `hidden` has values of its own (see `publication`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import structs

from newsgen.content.field_reader import Inexact, Reader
from newsgen.core.alias_names import ALIASES as ALIASES

NO_FIELDS: Mapping[str, str] = {}
# Zola's table, and what it may hold.
TABLE = "taxonomies"
_TERMS = ("categories", "tags", "authors")
# Tables that may hold an image: of Jekyll's theme Minimal Mistakes, of Zola and of Hugo.
_IMAGES = (*(name for name, field in ALIASES.items() if field == "images"), "og_image")
_IMAGE_TABLES = {
    "header": ("image", "overlay_image", "teaser"),
    "extra": _IMAGES,
    "params": _IMAGES,
}
_DATED = re.compile(r"(?:.*/)?(\d{4}-\d{2}-\d{2})[-_.]")
_LANGUAGE = re.compile(r"[^/.]\.([a-z]{2}(?:-[A-Za-z]{2,4})?)\.[a-z]+$")
_DATE_BEFORE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-")
_DATED_FOLDER = re.compile(r"(?:.*/)?(\d{4})/(\d{2})/(\d{2})/")


def adopt(
    reader: Reader,
    front: dict[str, Any],
    known: frozenset[str],
    fields: Mapping[str, str] = NO_FIELDS,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return front matter under newsgen's names, and the path as written of each renamed field.

    `known` are the fields of this front matter. `fields` are more keys that stand for a field. A
    field's own name wins over its aliases. Raises Inexact if the fast parser lost what a comparison
    needs.
    """
    terms: dict[str, Any] = {}
    if TABLE in front and isinstance(front[TABLE], dict):
        terms = front[TABLE]
    lists = "topics" in known and isinstance(front.get("category"), list)
    image = _image_in_a_table(front) if "images" in known else ()
    if not (terms or fields or lists or image) and ALIASES.keys().isdisjoint(front):
        return front, {}
    out, renamed = dict(front), dict[str, str]()
    if lists and not any(out.get(key) for key in ("topics", "categories")):
        out["topics"] = out.pop("category")
        renamed["$.topics"] = "$.category"
    for name in _TERMS:
        if name in terms and name not in out:
            out[name] = terms[name]
            renamed[f"$.{name}"] = f"$.{TABLE}.{name}"
    for alias, field in (*fields.items(), *ALIASES.items()):
        value = out.get(alias)
        if field not in known or value is None or value == "":
            continue
        old = out.get(field)
        path = renamed.get(f"$.{alias}", f"$.{alias}")
        if old is None or old == "":
            out[field] = out.pop(alias)
            renamed[f"$.{field}"] = path
            reader.note("repair", "alias", "", path)
        elif _differ(old, value) and f"$.{field}" not in renamed:
            message = f"{field} is there too, with another value, and counts"
            reader.note("warning", "alias-conflict", message, path, hint="remove one of the two")
    if image and not out.get("images"):
        table, key = image
        out["images"] = front[table][key]
        renamed["$.images"] = f"$.{table}.{key}"
    address = out.get("permalink")
    if address.__class__ is str and not out.get("publishedDateTime") and date_in(f"{address}/"):
        out["publishedDateTime"] = date_in(f"{address}/")
    return out, renamed


def _image_in_a_table(front: dict[str, Any]) -> tuple[str, str] | tuple[()]:
    """Return the table and the key of an image, if there is one."""
    for table, keys in _IMAGE_TABLES.items():
        if table in front and isinstance(front[table], dict):
            for key in keys:
                if front[table].get(key):
                    return table, key
    return ()


def date_in(path: str) -> str:
    """Return the date that a path has in its name or its folders, "" without one."""
    found, folder = _DATED.match(path), _DATED_FOLDER.match(path)
    return found[1] if found else "-".join(folder.groups()) if folder else ""


def _differ(one: Any, other: Any) -> bool:
    if not all(isinstance(value, (str, list, dict)) for value in (one, other)):
        raise Inexact
    return bool(one != other)


def as_written(reader: Reader, renamed: Mapping[str, str]) -> None:
    """Give problems and repairs of renamed fields the paths that the file has."""
    if not renamed:
        return
    for n, problem in enumerate(reader.problems):
        reader.problems[n] = structs.replace(problem, field=_path(problem.field, renamed))
    for path in list(reader.mends):
        reader.mends[_path(path, renamed)] = reader.mends.pop(path)


def _path(path: str, renamed: Mapping[str, str]) -> str:
    end = re.match(r"\$\.[^.\[]*", path)
    return renamed.get(end[0], end[0]) + path[end.end() :] if end else path


class PathHints(NamedTuple):
    """What a file's path says.

    That is its date, whether a folder is `_drafts` or `_posts`, the language in a name such as
    `tide.de.md`, whether the body is HTML, and below `_posts` the title: the words of the name, as
    in Jekyll.
    """

    date: str = ""
    drafts: bool = False
    posts: bool = False
    language: str = ""
    html: bool = False
    title: str = ""


NO_HINTS = PathHints()


def hints_of(path: str, data: bytes) -> PathHints:
    """Return what a path below the content folder says about a file with these bytes.

    Most files name their date themselves. For these, the path says nothing about it.
    """
    folders = path.split("/")[:-1]
    date = ""
    if b"publishedDateTime" not in data:
        date = date_in(path)
    language = _LANGUAGE.search(path)
    html = path.lower().endswith((".html", ".htm"))
    posts = "_posts" in folders
    stem = path.rpartition("/")[2].partition(".")[0]
    words = _DATE_BEFORE.sub("", stem).split("-") if posts else []
    return PathHints(
        date,
        "_drafts" in folders,
        posts,
        language[1] if language else "",
        html,
        " ".join(map(str.capitalize, words)),
    )


def with_hints(front: Any, place: PathHints) -> Any:
    """Return front matter with what the file's path adds to it.

    That is the date, the title and the language if there are none, `draft` below `_drafts`, and
    below `_posts` lists of the words of `categories` and `tags`.
    """
    if not isinstance(front, dict):
        return front
    out = dict(front)
    if place.date and not any(out.get(key) for key in _DATES):
        out["publishedDateTime"] = place.date
    if place.title and not any(out.get(key) for key in _TITLES):
        out["title"] = place.title
    if place.drafts:
        out["draft"] = "true"
    if place.language and not any(out.get(key) for key in ("language", "lang", "locale")):
        out["language"] = place.language
    for name in ("categories", "tags") if place.posts else ():
        if isinstance(out.get(name), str) and "," not in out[name]:
            out[name] = out[name].split()
    return out


_DATES = ("publishedDateTime", *(key for key in ALIASES if ALIASES[key] == "publishedDateTime"))
_TITLES = ("title", *(key for key in ALIASES if ALIASES[key] == "title"))
