"""Explain why a content folder has no articles, by what its files have in common."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any

from newsgen.content.pages import FOLDER, is_section
from newsgen.content.scan import SUFFIXES, FileStat, read_file, scan
from newsgen.content.schema import FIELDS
from newsgen.content.times import parse_time
from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.messages import count, did_you_mean
from newsgen.core.problems import Problem
from newsgen.core.secret import redact
from newsgen.store.records import FileRecord

_LEFT_OUT = ("empty-file", "no-front-matter")  # warnings that leave a file out
_MISSING = ("missing-title", "missing-date")
_READ = 200  # how many files are read to compare them
_SHOWN = 5


def find_no_articles(
    folder: Path,
    root: Path,
    stats: Sequence[FileStat],
    files: Mapping[str, FileRecord],
    problems: Iterable[Problem],
) -> Problem | None:
    """Return the problem if no content file becomes an article, else None.

    Its message says what most files have in common. `stats` are the content files below `folder`.
    `files` holds the records of those with content, `problems` their problems. A site of plain
    pages only is not a problem. An empty folder is a warning, because a new site may have no
    article yet. Messages name the folder relative to `root`.
    """
    if any(file.article_digest for file in files.values()):
        return None
    shown = os.path.relpath(folder, root)
    if not folder.is_dir():
        near = did_you_mean(
            folder.name,
            [path.name for path in folder.parent.glob("*/")],
            "the setting `content` names the folder",
        )
        return Problem(
            "error", "no-content", f"the content folder {shown} does not exist", hint=near
        )
    left_out = [
        path
        for path in (stat.path for stat in stats)
        if not (path.startswith(FOLDER) or is_section(path))
    ]
    if left_out:
        reasons = "; ".join(_reasons(folder, left_out, problems))
        hint = "`newsgen check` lists every file; docs/articles.md names the fields"
        return Problem(
            "error", "no-articles", f"no file in {shown} becomes an article: {reasons}", hint=hint
        )
    if stats:
        return None
    others, refused = scan(folder, ())
    kinds = Counter(
        f"`{os.path.splitext(stat.path)[1] or os.path.basename(stat.path)}`" for stat in others
    )
    if kinds or refused:
        held = ", ".join(f"{count(n, 'file')} {kind}" for kind, n in kinds.most_common(_SHOWN))
        told = [f"it holds {held}"] if held else []
        told += [f"{one.file} {one.message}" for one in refused[:_SHOWN]]
        message = f"no file in {shown} becomes an article: {'; '.join(told)}"
        hint = "newsgen reads files that end in " + ", ".join(SUFFIXES)
        return Problem("error", "no-articles", message, hint=hint)
    return Problem(
        "warning",
        "empty-content",
        f"the content folder {shown} holds no articles yet",
        hint="`newsgen new TITLE` creates one",
    )


def _reasons(folder: Path, left_out: Sequence[str], problems: Iterable[Problem]) -> list[str]:
    """Return why most files are left out, the most common reasons first."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    paths = set(left_out)
    for one in problems:
        if one.file in paths and (one.severity == "error" or one.code in _LEFT_OUT):
            found[one.code, one.field, one.message if one.code not in _MISSING else ""].append(
                one.file
            )
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    told = []
    for (code, field, message), files in ordered[:2]:
        if code in _MISSING:
            name = field.removeprefix("$.")
            keys = _common_keys(folder, files[:_READ], dated=code == "missing-date")
            told.append(
                f"{count(len(files), 'file')} {_has(files)} no `{name}`"
                + (f"; {_they(files)} {_quoted(keys)}" if keys else "")
            )
        else:
            line = _common_line(folder, files[:_READ]) if code == "no-front-matter" else ""
            told.append(
                f"{count(len(files), 'file')}: {message}"
                + (f" (first line `{line}`)" if line else "")
            )
    return told or ["none can be read"]


def _has(files: Sequence[str]) -> str:
    return "has" if len(files) == 1 else "have"


def _they(files: Sequence[str]) -> str:
    return "it has" if len(files) == 1 else "they have"


def _quoted(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _common_keys(folder: Path, files: Sequence[str], dated: bool) -> list[str]:
    """Return fields that all files have and newsgen does not know.

    With `dated`, return only those that hold a time, if any do.
    """
    fronts = [front for path in files if (front := _front(folder / path))]
    common = [
        key
        for key in (fronts[0] if fronts else ())
        if key not in FIELDS and all(key in front for front in fronts)
    ]
    times = [key for key in common if dated and all(_is_time(front[key]) for front in fronts)]
    return (times or common)[:_SHOWN]


def _text(file: Path) -> str:
    return redact(frontmatter.decode(read_file(str(file))).text).text


def _front(file: Path) -> dict[str, Any] | None:
    with suppress(OSError, FrontMatterError):
        parts = frontmatter.split(_text(file))
        value = frontmatter.parse_exact(parts.front, parts.toml).value if parts else None
        if isinstance(value, dict):
            return value
    return None


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(parse_time(value, UTC))
    except ValueError:
        return False


def _common_line(folder: Path, files: Sequence[str]) -> str:
    """Return the first line if all files share it, else ""."""
    lines = set()
    for path in files:
        with suppress(OSError):
            lines.add(_text(folder / path).partition("\n")[0].strip()[:40])
    return lines.pop() if len(lines) == 1 else ""
