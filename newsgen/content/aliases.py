"""Convert the field names of other tools to newsgen's.

Keys that decide who may see an article, such as `status` or `hidden`, are not read here, except the
names of `expires`. See `publication` for their values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import structs

from newsgen.content.bundle_image import image_key, image_of_bundle
from newsgen.content.field_reader import Inexact, Reader
from newsgen.core.alias_names import ALIASES as ALIASES
from newsgen.core.alias_names import folded

NO_FIELDS: Mapping[str, str] = {}
_GALLERY = "gallery"
_KEYWORDS = "keywords"  # for search engines, beside tags
# Zola's table, and the fields it may contain.
TABLE = "taxonomies"
_TERMS = {
    **{"categories": "categories", "category": "categories", "tags": "tags", "tag": "tags"},
    **{"authors": "authors", "author": "authors"},
}
# Tables that may hold an image or authors: of Jekyll's theme Minimal Mistakes, of Zola and of Hugo.
_IMAGES = (*(name for name, field in ALIASES.items() if field == "images"), "og_image")
_AUTHORS = ("authors", "author")
_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "images": {
        "header": ("image", "overlay_image", "teaser"),
        "extra": _IMAGES,
        "params": _IMAGES,
    },
    "authors": {"extra": _AUTHORS, "params": _AUTHORS},
}
_DATED = re.compile(r"(?:.*/)?(\d{4}-\d{1,2}-\d{1,2})[-_./]")
_LANGUAGE = re.compile(r"[^/.]\.([a-z]{2}(?:-[A-Za-z]{2,4})?)\.[a-z]+$")
_DATE_BEFORE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_]")
_JOINTS = re.compile(r"[-_ ]+")
_BEGINS_AS_DATE = re.compile(r"\d{4}(?:[-/.]\d|\d{4}\b)")
# Whether a file has a title, so its name says nothing.
_TITLED = re.compile(
    rb"""^[ \t.>{"'-]*(?:title|headline|name)["']?[ \t]*[:=]|<title""", re.I | re.M
)
_TAG = re.compile(r"<[^<>]*>")
_NO_IMAGE = re.compile(r"(?:false|no|none|\S*/)\Z|#|(?:rgb|hsl|linear-gradient)\w*\(", re.I)
_DATED_FOLDER = re.compile(r"(?:.*/)?(\d{4})/(\d{2})/(\d{2})/")


def adopt(
    reader: Reader,
    front: dict[str, Any],
    known: frozenset[str],
    fields: Mapping[str, str] = NO_FIELDS,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return front matter under newsgen's names, and the path as written of each renamed field.

    `known` are the fields of this front matter. `fields` are more keys that map to a field. A
    field's own name wins over its aliases. Raises Inexact if the fast parser lost what a comparison
    needs.
    """
    terms = front[TABLE] if TABLE in front and isinstance(front[TABLE], dict) else {}
    lists = "topics" in known and isinstance(front.get("category"), list)
    inside = _in_tables(front) if "images" in known else {}
    dated = (
        "publishedDateTime" in known
        and is_date(front.get("published"))
        and not any(front.get(key) for key in ("publishedDateTime", "publishDate"))
    )
    image = image_of_bundle(front) if "images" in known and "resources" in front else None
    formed = image_key(front) if "images" in known and not front.get("images") else ""
    found = terms or fields or lists or inside or dated or image or formed
    if not found and ALIASES.keys().isdisjoint(front):
        return front, {}
    out, renamed = dict(front), dict[str, str]()
    if dated:
        out["publishDate"] = out.pop("published")
        renamed["$.publishDate"] = "$.published"
    if lists and not any(out.get(key) for key in ("topics", "categories")):
        out["topics"] = out.pop("category")
        renamed["$.topics"] = "$.category"
    for name, field in _TERMS.items():
        if name in terms and field not in out:
            out[field] = terms[name]
            renamed[f"$.{field}"] = f"$.{TABLE}.{name}"
    for alias, field in (*fields.items(), *ALIASES.items()):
        if field in known and alias in out:
            _rename(reader, out, renamed, alias, field)
    for field, (table, key) in inside.items():
        if not out.get(field):
            out[field] = front[table][key]
            renamed[f"$.{field}"] = f"$.{table}.{key}"
    if image and (not out.get("images") or out["images"] == image.name):
        renamed["$.images"], out["images"] = image.path, image.image
    if formed and formed in out and not out.get("images"):
        _rename(reader, out, renamed, formed, "images")
    if not out.get("publishedDateTime"):
        _date_by_others(out, renamed)
    return out, renamed


def _rename(
    reader: Reader, out: dict[str, Any], renamed: dict[str, str], alias: str, field: str
) -> None:
    """Give the value of an alias to its field, unless that has one. Raises Inexact."""
    value, old = out[alias], out.get(field)
    if value is None or value == "" or (field == "images" and _says_no_image(value)):
        return
    if alias == _GALLERY and (old or not isinstance(value, list)):
        return  # more images, or the name of a gallery that only a plugin knows
    path = renamed.get(f"$.{alias}", f"$.{alias}")
    if old is None or old == "":
        del out[alias]
        words = field == "images" and value.__class__ is str
        out[field] = _with_words(value, alias, out) if words else value
        renamed[f"$.{field}"] = path
        reader.note("repair", "alias", "", path)
    elif alias != _KEYWORDS and _differ(old, value) and f"$.{field}" not in renamed:
        message = f"{field} is there too, with another value, and counts"
        reader.note("warning", "alias-conflict", message, path, hint="remove one of the two")


def _date_by_others(out: dict[str, Any], renamed: dict[str, str]) -> None:
    """Date front matter by its permalink, or else, as in Hugo, by its last update."""
    address = out.get("permalink")
    if address.__class__ is str and (date := date_in(f"{address}/")):
        out["publishedDateTime"] = date
    elif "$.updated" in renamed:
        out["publishedDateTime"] = out["updated"]
        renamed["$.publishedDateTime"] = renamed["$.updated"]


def _in_tables(front: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the table and the key of the image and of the authors, if there are any."""
    found = dict[str, tuple[str, str]]()
    for field, tables in _TABLES.items():
        for table, keys in tables.items():
            if table in front and isinstance(front[table], dict):
                for key in keys:
                    if front[table].get(key):
                        found.setdefault(field, (table, key))
    return found


def _with_words(address: str, alias: str, front: dict[str, Any]) -> Any:
    """Return an image with the texts that other keys hold, such as Ghost's `feature_image_alt`."""
    wanted = {folded(f"{alias}{name}"): name for name in ("alt", "caption", "credit")}
    said = {wanted[folded(key)]: front[key] for key in front if folded(str(key)) in wanted}
    words = {name: _TAG.sub("", value) for name, value in said.items() if value.__class__ is str}
    return {"url": address, **words} if words else address


def _says_no_image(value: Any) -> bool:
    """Return whether a key of an image holds no address: `cover: false`, or a colour."""
    return value is False or (value.__class__ is str and _NO_IMAGE.match(value) is not None)


def is_date(value: Any) -> bool:
    """Return whether the value of `published` is a date, as in themes of Astro, rather than a
    boolean.
    """
    return value.__class__ is str and bool(_BEGINS_AS_DATE.match(value))


def date_in(path: str) -> str:
    """Return the date that a path has in its name or its folders, "" without one."""
    found, folder = _DATED.match(path), _DATED_FOLDER.match(path)
    return found[1] if found else "-".join(folder.groups()) if folder else ""


def _differ(one: Any, other: Any) -> bool:
    if not all(isinstance(value, (str, list, dict)) for value in (one, other)):
        raise Inexact
    return bool(one != other)


def as_written(reader: Reader, renamed: Mapping[str, str]) -> None:
    """Give problems and repairs of renamed fields their paths in the file."""
    if not renamed:
        return
    for n, problem in enumerate(reader.problems):
        reader.problems[n] = structs.replace(problem, field=_path(problem.field, renamed))
    for path in list(reader.repairs):
        reader.repairs[_path(path, renamed)] = reader.repairs.pop(path)


def _path(path: str, renamed: Mapping[str, str]) -> str:
    end = re.match(r"\$\.[^.\[]*", path)
    return renamed.get(end[0], end[0]) + path[end.end() :] if end else path


class PathHints(NamedTuple):
    """Facts from a file's path.

    `drafts` and `posts` say whether a folder is `_drafts` or `_posts`. `language` is that in a name
    such as `tide.de.md`, and `html` says whether the body is HTML. A file without a title has one
    made of the words of its name, as in Jekyll.
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

    Most files name their date and their title themselves. For these, the path says nothing about
    them.
    """
    folders = path.split("/")[:-1]
    date = ""
    if b"publishedDateTime" not in data:
        date = date_in(path)
    language = _LANGUAGE.search(path)
    html = path.lower().endswith((".html", ".htm"))
    return PathHints(
        date,
        "_drafts" in folders,
        "_posts" in folders,
        language[1] if language else "",
        html,
        "" if _TITLED.search(data) else _words(path),
    )


def _words(path: str) -> str:
    """Return the words of a file's name, or of its folder's if it is the index of one."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    if stem == "index":
        stem = folder.rpartition("/")[2]
    return " ".join(map(str.capitalize, _JOINTS.split(_DATE_BEFORE.sub("", stem))))


def with_hints(front: Any, place: PathHints) -> Any:
    """Return front matter with what the file's path adds to it.

    That is the date, the title and the language if there are none, `draft` below `_drafts`, and
    below `_posts` lists of the words of `categories` and `tags`.
    """
    if not isinstance(front, dict):
        return front
    out = dict(front)
    if place.date and not any(out.get(key) for key in _DATES) and not is_date(out.get("published")):
        out["publishedDateTime"] = place.date
    if needs_title(out, place):
        out["title"] = place.title
    if place.drafts:
        out["draft"] = "true"
    if place.language and not any(out.get(key) for key in ("language", "lang", "locale")):
        out["language"] = place.language
    for name in ("categories", "tags") if place.posts else ():
        if isinstance(out.get(name), str) and "," not in out[name]:
            out[name] = out[name].split()
    return out


def needs_title(front: Any, place: PathHints) -> bool:
    """Return whether the title of front matter is the one that the file's path gives."""
    return (
        bool(place.title) and isinstance(front, dict) and not any(front.get(key) for key in _TITLES)
    )


_DATES = ("publishedDateTime", *(key for key in ALIASES if ALIASES[key] == "publishedDateTime"))
_TITLES = ("title", *(key for key in ALIASES if ALIASES[key] == "title"))
