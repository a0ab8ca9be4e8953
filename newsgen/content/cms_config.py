"""The configuration of a content management system in the browser: Decap CMS or Sveltia CMS.

Both read one `config.yml` (https://decapcms.org/docs/configuration-options/). The fields of
articles and pages are made from their declarations, so none is missing.
"""

from __future__ import annotations

import os
import re
from copy import deepcopy
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Meta, structs

from newsgen.config.settings import Config
from newsgen.content.json_schema import (
    Article,
    Fields,
    Flag,
    Image,
    Kind,
    MayTime,
    Names,
    Number,
    Page,
    Text,
    Texts,
    Time,
    Title,
)
from newsgen.content.pages import FOLDER

Cms = Literal["decap", "sveltia"]
_TIME = {"widget": "datetime", "format": "YYYY-MM-DDTHH:mm:ssZ"}
# The widget of a field by its declared type. Other fields are text.
_WIDGETS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (Time, _TIME),
    (MayTime, _TIME),
    (Flag, {"widget": "boolean"}),
    (Number, {"widget": "number", "value_type": "int"}),
    (Kind, {"widget": "select", "options": ["article", "video"]}),
    (Names, {"widget": "list"}),
    (Texts, {"widget": "list"}),
)
_LONG = frozenset(("excerpt", "description", "bio"))
_REQUIRED = (Time, Title)


class TopicFile(Fields):
    """The data file of a topic."""

    name: Annotated[Title, Meta(description="the name to show")]
    slug: Annotated[Text, Meta(description="its name in addresses")] = None
    other_names: Annotated[Texts, Meta(description="other names that articles may use")] = None
    parent: Annotated[Text, Meta(description="the name of the topic above it")] = None
    description: Annotated[Text, Meta(description="a sentence or two for its page")] = None
    image: Annotated[Image | None, Meta(description="an image for its page")] = None


class AuthorFile(Fields):
    """The data file of an author."""

    name: Annotated[Title, Meta(description="the name to show")]
    slug: Annotated[Text, Meta(description="the name in addresses")] = None
    other_names: Annotated[Texts, Meta(description="other names that articles may use")] = None
    role: Annotated[Text, Meta(description="such as Energy editor")] = None
    bio: Annotated[Text, Meta(description="a sentence or two about the author")] = None
    image: Annotated[Image | None, Meta(description="an image of the author")] = None
    links: Annotated[Texts, Meta(description="the author's pages elsewhere")] = None


def cms_config(cms: Cms, config: Config) -> dict[str, Any]:
    """Return the configuration: articles, pages, topics and authors of the site."""
    paths, settings = config.paths, config.settings

    content, data, static = (
        os.path.relpath(folder, paths.root) for folder in (paths.content, paths.data, paths.static)
    )
    written: dict[str, Any] = {
        "backend": {"name": "github", "repo": "OWNER/REPOSITORY", "branch": "main"},
        "site_url": settings.url,
        "media_folder": f"{static}/images",
        "public_folder": "/images",
        "collections": [
            *(_articles(name, content) for name in ("", *_folders(config))),
            _collection("pages", "Pages", f"{content}/{FOLDER}".rstrip("/"), Page),
            _collection("topics", "Topics", f"{data}/topics", TopicFile),
            _collection("authors", "Authors", f"{data}/authors", AuthorFile),
        ],
    }
    if cms == "sveltia":
        written["output"] = {"omit_empty_optional_fields": True}
    return written


def _articles(folder: str, content: str) -> dict[str, Any]:
    """Return a collection of articles: those of the content folder, or of a folder in it.

    A collection has the files of one folder.
    """
    found = (
        _collection(f"articles-{folder}", f"Articles in {folder}", f"{content}/{folder}", Article)
        if folder
        else _collection("articles", "Articles", content, Article)
    )
    return found | {"slug": "{{year}}-{{month}}-{{day}}-{{slug}}"}


def _folders(config: Config) -> list[str]:
    """Return the names of the folders in the content folder that directly hold articles."""
    with os.scandir(config.paths.content) as entries:
        folders = [one for one in entries if one.is_dir() and one.name != FOLDER.rstrip("/")]
    return sorted(
        one.name
        for one in folders
        if one.name[0] not in "._" and any(name.endswith(".md") for name in os.listdir(one))
    )


def _collection(name: str, label: str, folder: str, declared: type[Fields]) -> dict[str, Any]:
    is_data = declared in (TopicFile, AuthorFile)
    fields = _fields(declared)
    if not is_data:
        fields.append({"name": "body", "label": "Body", "widget": "markdown", "required": False})
    return {
        "name": name,
        "label": label,
        "folder": folder,
        "create": True,
        "extension": "yaml" if is_data else "md",
        "format": "yaml" if is_data else "yaml-frontmatter",
        "identifier_field": fields[0]["name"],
        "fields": fields,
    }


def _fields(declared: type[Fields]) -> list[dict[str, Any]]:
    """Return a field of the CMS for each field that is declared."""
    hints = get_type_hints(declared, include_extras=True)
    return [_field(one.encode_name, *get_args(hints[one.name])) for one in structs.fields(declared)]


def _field(name: str, kind: Any, meta: Meta) -> dict[str, Any]:
    words = re.sub("_|(?=[A-Z])", " ", name).lower()
    field: dict[str, Any] = {"name": name, "label": words[:1].upper() + words[1:]}
    field |= _widget(name, kind)
    if kind not in _REQUIRED:
        field["required"] = False
    return field | {"hint": meta.description}


def _widget(name: str, kind: Any) -> dict[str, Any]:
    if name in ("topics", "authors"):
        return {
            "widget": "relation",
            "collection": name,
            "multiple": True,
            "value_field": "name",
            "search_fields": ["name"],
        }
    if name == "published":
        return {"widget": "boolean", "default": True}  # a new article must not be hidden
    known = next((widget for one, widget in _WIDGETS if one == kind), None)
    if known:
        return deepcopy(known)
    for part in get_args(kind):
        inner = get_args(part)[0] if get_origin(part) is list else part
        inner = next((one for one in (inner, *get_args(inner)) if _is_mapping(one)), None)
        if inner:
            widget = "list" if get_origin(part) is list else "object"
            return {"widget": widget, "fields": _fields(inner)}
    return {"widget": "text" if name in _LONG else "string"}


def _is_mapping(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Fields)
