"""Fonts from an installed @fontsource package: a face for each of its files, with the metrics that
make a font of the reader's device take the same space.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newsgen.config.reader import SettingsFile
from newsgen.config.theme import Font, Theme

FOLDER = "fonts"  # of the site
_SUBSETS = ("latin", "latin-ext")
_WEIGHTS = (400, 700)
# Fonts that most devices have, and their mean letter width in em. It is measured with the text
# _LETTERS in Gelasio, Arimo and Cousine, which were made with the same widths.
_FALLBACKS = {"serif": "Georgia", "sans-serif": "Arial", "monospace": "Courier New"}
_WIDTHS = {"Georgia": 0.4533, "Arial": 0.4563, "Courier New": 0.6001, "Times New Roman": 0.4172}
_LETTERS = "aaabcdeeeefghiijklmnnoopqrrssttuvwxyz      "  # letters about as often as in English


class FontFace(Font, frozen=True):
    """A file of a package as a font of the site, at `file`. `source` is its path on disk."""

    source: str = ""
    unicode_range: str = ""


class _Package(NamedTuple):
    """The metadata of a package: `ranges` are the characters of each subset."""

    folder: Path
    id: str
    family: str
    category: str
    weights: tuple[int, ...]
    variable: str
    ranges: dict[str, str]

    def file(self, subset: str, weight: str, style: str) -> Path:
        name = f"{self.id}-{subset.strip('[]')}-{weight}-{style}.woff2"
        return self.folder / "files" / name


def with_faces(theme: Theme, root: Path, source: SettingsFile) -> Theme:
    """Return the theme with each font package replaced by its files.

    Packages are relative to `root`. Raises UserError (exit code 2) for a font without a file, and
    for a folder or a file that is not there.
    """
    faces: list[Font] = []
    for place, font in enumerate(theme.fonts):
        setting = f"theme.fonts[{place}]"
        if not font.package:
            if not (font.family and font.file):
                hint = "give it a family and a file, or a package"
                raise source.wrong(setting, "has neither a file nor a package", hint)
            faces.append(font)
            continue
        try:
            package = _read(root / font.package)
        except (OSError, ValueError, KeyError, TypeError):
            hint = f"install it, for example with `npm install {_npm_name(font.package)}`"
            message = "is not the folder of an installed @fontsource package"
            raise source.wrong(f"{setting}.package", message, hint) from None
        found = list(_faces(font, package))
        missing = next((face.source for face in found if not os.path.isfile(face.source)), "")
        if missing or not found:
            message = f"has no file {os.path.relpath(missing or package.folder, root)}"
            hint = f"its subsets are {', '.join(package.ranges)}"
            raise source.wrong(setting, message, f"{hint}; its weights {package.weights}")
        faces += found
    return msgspec.structs.replace(theme, fonts=tuple(faces))


def _npm_name(folder: str) -> str:
    parts = Path(folder).parts[-2:]
    return "/".join(parts) if parts and parts[0].startswith("@") else "@fontsource/literata"


def _read(folder: Path) -> _Package:
    about = json.loads((folder / "metadata.json").read_text("utf-8"))
    ranges = json.loads((folder / "unicode.json").read_text("utf-8"))
    name, first = str(about["id"]), str(about["defSubset"])
    axis = (about.get("variable") or {}).get("wght") or {}
    variable = folder / "files" / f"{name}-{first}-wght-normal.woff2"
    return _Package(
        folder,
        name,
        str(about["family"]),
        str(about.get("category", "")),
        tuple(map(int, about["weights"])),
        f"{axis['min']} {axis['max']}" if axis and variable.is_file() else "",
        {str(subset): str(span) for subset, span in ranges.items()},
    )


def _faces(font: Font, package: _Package) -> Iterator[FontFace]:
    """Yield a face for each subset, weight and style that the setting asks for."""
    subsets = font.subsets or tuple(one for one in _SUBSETS if one in package.ranges)
    if "all" in subsets:
        subsets = tuple(package.ranges)
    weights = font.weights or tuple(one for one in _WEIGHTS if one in package.weights)
    named = [(str(one), str(one)) for one in weights or package.weights[:1]]
    if package.variable:
        named = [("wght", package.variable)]
    fallback = font.fallback or _FALLBACKS.get(package.category, "")
    # The metrics of the first file apply to all: a family has one line height.
    first = package.file(subsets[0], named[0][0], font.styles[0]) if subsets else package.folder
    metrics = _metrics(str(first), fallback) if fallback in _WIDTHS else {}
    for subset in subsets:
        for style in font.styles:
            for name, weight in named:
                file = package.file(subset, name, style)
                yield FontFace(
                    family=font.family or package.family,
                    file=f"/{FOLDER}/{file.name}",
                    weight=weight,
                    style=style,
                    preload=font.preload and file == first,
                    fallback=fallback,
                    source=str(file),
                    unicode_range=package.ranges.get(subset, ""),
                    **metrics,
                )


@lru_cache(64)
def _metrics(file: str, fallback: str) -> dict[str, Any]:
    """Return the percentages that give the fallback the width and height of a font's letters; none
    if the font lacks Latin letters.
    """
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(file) as font:
            names, unit = font.getBestCmap() or {}, font["head"].unitsPerEm
            if any(ord(letter) not in names for letter in _LETTERS):
                return {}
            widths = [font["hmtx"][names[ord(letter)]][0] for letter in _LETTERS]
            size = sum(widths) / len(widths) / unit / _WIDTHS[fallback]
            lines = font["hhea"]
            heights = {
                "ascent": lines.ascent,
                "descent": -lines.descent,
                "line_gap": lines.lineGap,
            }
    except (OSError, TTLibError):  # the caller reports a file that is missing
        return {}
    return {"size_adjust": round(100 * size, 2)} | {
        name: round(100 * value / unit / size, 2) for name, value in heights.items()
    }
