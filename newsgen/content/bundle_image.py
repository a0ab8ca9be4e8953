"""The lead image among the `resources` of a leaf bundle of Hugo, or in a theme's own key. Pure."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from newsgen.content.scan import PICTURES
from newsgen.core.alias_names import folded

_LEADS = re.compile(r"feature|cover|thumb|header|hero|banner|lead|teaser|preview", re.I)

# Keys of themes, in lower case without hyphens and underscores: `excerpt_image`,
# `listingThumbnailUrl`.
_KEY = re.compile(
    r"(?:image|img|pic|picture|photo|thumb|thumbnail|cover|banner|hero|teaser)(?:url|src|path)?\Z"
)
_OF_OTHERS = re.compile(r"author|avatar|logo|icon|profile|user")
_SOURCE, _PARAMS = "src", "params"
_SAID = ("alt", "caption", "credit", "license")


class BundleImage(NamedTuple):
    """An image as a mapping, its field path, and the name of the resource."""

    path: str
    name: str
    image: dict[str, Any]


def image_of_bundle(front: dict[str, Any]) -> BundleImage | None:
    """Return the image that the field `resources` names as the lead image, None without one.

    That is the first image file whose name, title or file name marks it so, such as
    `featured-image`.
    """
    resources = front["resources"]
    for n, own in enumerate(resources if isinstance(resources, list) else ()):
        source = own.get(_SOURCE) if isinstance(own, dict) else None
        if not isinstance(source, str) or not source.lower().endswith(PICTURES) or "*" in source:
            continue
        name, title = str(own.get("name") or ""), str(own.get("title") or "")
        if _LEADS.search(f"{name} {title} {source.rpartition('/')[2]}"):
            params = own.get(_PARAMS)
            more = params if isinstance(params, dict) else {}
            said = {key: more[key] for key in _SAID if key in more}
            return BundleImage(f"$.resources[{n}]", name, {"url": source, **said})
    return None


def image_key(front: dict[str, Any]) -> str:
    """Return the first key whose name and value are those of a lead image, "" without one."""
    for key, value in front.items():
        if value.__class__ is str and value.lower().endswith(PICTURES) and key.__class__ is str:
            name = folded(key)
            if _KEY.search(name) and not _OF_OTHERS.search(name):
                return key
    return ""
