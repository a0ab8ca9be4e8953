"""Front matter that newsgen has no field for, as plain values that templates and the cache hold."""

from __future__ import annotations

from datetime import date, datetime, time
from math import isfinite
from typing import Any

from newsgen.core.text import number_text

_LARGEST = 2**63  # what a record of the cache can hold


def is_secret(key: str) -> bool:
    """Return whether a key is `secured`, in any case."""
    return key.strip().casefold() == "secured"


def plain_value(value: Any) -> Any:
    """Return a value as text, a number, true, false, null, or lists and mappings of these.

    Dates are text, and so are whole numbers of more than 64 bits, infinity and NaN. `secured` is
    left out at any depth.
    """
    if isinstance(value, dict):
        return {
            str(key): plain_value(item) for key, item in value.items() if not is_secret(str(key))
        }
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat().replace("+00:00", "Z")
    if value.__class__ is int and not -_LARGEST < value < _LARGEST:
        return number_text(value)
    if value.__class__ is float and not isfinite(value):
        return str(value)
    return value


def typed_extra(extra: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """Return `extra`, read as text, with its values as the format types them."""
    return {key: plain_value(typed.get(key, value)) for key, value in extra.items()}
