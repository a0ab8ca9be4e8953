"""Read files in the folder of another static site generator. They may be damaged, or links to other
places.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import yaml

UNREADABLE = (
    *(ValueError, SyntaxError, yaml.YAMLError, OSError, TypeError, RecursionError, MemoryError),
)
_MOST_VALUES = 100_000
_ENDS = (".toml", ".yaml", ".yml", ".json")


def is_inside(folder: Path, name: str) -> bool:
    """Return whether a name in a folder leads to a place in it, also through links."""
    root = os.path.realpath(folder)
    return os.path.commonpath([root, os.path.realpath(folder / name)]) == root


def has_file(folder: Path, name: str) -> bool:
    """Return whether a folder has this file, and no link leads to one outside the folder."""
    return (folder / name).is_file() and is_inside(folder, name)


def why_unreadable(error: BaseException) -> str:
    """Return the first line of an error."""
    return (str(error) or type(error).__name__).splitlines()[0][:100]


def load_data(folder: Path, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the first of these files, None if there is none. Raises an error of UNREADABLE."""
    for name in names:
        for full in [name] if "." in name else [name + end for end in _ENDS]:
            if has_file(folder, full):
                file = folder / full
                text = file.read_text("utf-8")
                found = (
                    tomllib.loads(text)
                    if file.suffix == ".toml"
                    else json.loads(text)
                    if file.suffix == ".json"
                    else yaml.safe_load(text)
                )
                _check_size(found)
                return found if isinstance(found, dict) else {}
    return None


def _check_size(value: Any) -> None:
    """Raise ValueError if a value has very many parts. YAML's aliases can repeat one."""
    left, seen = [value], 0
    while left:
        one = left.pop()
        left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        seen += 1
        if seen + len(left) > _MOST_VALUES:
            raise ValueError(f"it has more than {_MOST_VALUES:,} values")
