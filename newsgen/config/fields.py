"""The setting `fields`: keys of front matter to read as newsgen's fields."""

from __future__ import annotations

from collections.abc import Mapping

from newsgen.config.reader import SettingsFile
from newsgen.core.messages import did_you_mean

SECRET = "secured"
# The fields of an article that a key can map to. A test compares them with those declared.
FIELD_NAMES = (
    *("title", "publishedDateTime", "updated", "corrections", "excerpt", "category", "slug"),
    *("permalink", "type", "language", "topics", "tags", "authors", "provider", "webUrl"),
    *("originalUrl", "ampWebUrl", "cdnAmpWebUrl", "images", "related", "quality", "heat"),
    *("featuredContent", "published", "draft", "removed", "gone", "aliases", "expires"),
    *("weight", "pin_until", "noindex"),
)


def check_fields(fields: Mapping[str, str], source: SettingsFile) -> None:
    """Raise UserError (exit code 2) if a key or its field cannot be read."""
    for key, field in fields.items():
        if SECRET in (key.strip().casefold(), field.strip().casefold()):
            raise source.wrong(f"fields.{key}", f"names {SECRET}, which newsgen never reads")
        if field not in FIELD_NAMES:
            hint = did_you_mean(field, FIELD_NAMES, "docs/articles.md lists the fields")
            raise source.wrong(f"fields.{key}", f"names {field}, which is not a field", hint)
        if key in FIELD_NAMES:
            raise source.wrong(f"fields.{key}", f"is the field {key} itself")
