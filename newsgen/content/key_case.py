"""Keys of front matter in another case, or with other joints: `Title`, `cover-image`. Pure."""

from __future__ import annotations

from typing import Any

from newsgen.content.json_schema import Article, Page
from newsgen.core.alias_names import ALIASES, folded

_TABLES = ("taxonomies", "extra", "params", "header", "resources")
# A misspelled key of these withholds the article (see `publication`).
_VISIBILITY = frozenset({"draft", "published", "removed", "expires"})
_FIELDS = {*Article.__struct_encode_fields__, *Page.__struct_encode_fields__}
_KNOWN = {*ALIASES, *_TABLES, *_FIELDS}
_USUAL = {
    folded(key): key
    for key in (*ALIASES, *_TABLES, *sorted(_FIELDS))
    if ALIASES.get(key, key) not in _VISIBILITY
}


def with_usual_keys(front: Any) -> Any:
    """Return front matter with each key as it is usually written.

    Of keys that differ only in case and joints, the usual one is read, else the first. Keys about
    who may see the article stay as they are.
    """
    if not isinstance(front, dict) or front.keys() <= _KNOWN:
        return front
    out = {}
    for key, value in front.items():
        usual = key in _KNOWN or key.__class__ is not str
        name = key if usual else _USUAL.get(folded(key), key)
        out[key if name in front or name in out else name] = value
    return out
