"""Write front matter: one line of YAML for each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsgen.config.reader import as_yaml


def as_front_matter(fields: Mapping[str, Any]) -> str:
    """Return fields as front matter between its fences. None is a field without a value."""
    lines = (f"{key}: {as_yaml(value)}".rstrip() + "\n" for key, value in fields.items())
    return "---\n" + "".join(lines) + "---\n"


def without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that have a value."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {}, ())}
