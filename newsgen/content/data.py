"""Data files: what a site knows of its topics and of the publishers of its stories."""

from __future__ import annotations

import unicodedata
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from msgspec import Struct, structs

from newsgen.content.base_path import rooted_image
from newsgen.content.domains import registrable_domain
from newsgen.content.field_reader import Reader, oddities
from newsgen.content.scan import scan
from newsgen.content.schema import names, read_images
from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.model import Image
from newsgen.core.problems import Problem
from newsgen.core.secret import redact


class TopicFact(Struct, frozen=True):
    """A topic's data file. `order` is its position among them."""

    name: str
    slug: str
    order: int
    parent: str = ""
    other_names: tuple[str, ...] = ()


class OrganizationFact(Struct, frozen=True):
    """An organization's data file."""

    name: str
    domain: str
    other_names: tuple[str, ...] = ()
    logo: Image | None = None


class Data(Struct, frozen=True):
    """All data files of a site, in their order."""

    topics: tuple[TopicFact, ...] = ()
    organizations: tuple[OrganizationFact, ...] = ()


def load_data(folder: Path, static: Path, base: str = "") -> tuple[Data, list[Problem]]:
    """Read `topics/*.yaml` and `organizations/*.md`, or one YAML list of each (`topics.yaml`).

    Logos get `base` before their paths. Return the data and problems.
    """
    problems: list[Problem] = []
    topics = [_topic(item, i) for i, item in enumerate(_documents(folder, "topics", problems))]
    organizations = [
        _organization(item, static, base) for item in _documents(folder, "organizations", problems)
    ]
    for item, _ in (*topics, *organizations):
        problems += [structs.replace(problem, file=item.file) for problem in item.reader.problems]
    return Data(
        tuple(fact for _, fact in topics), tuple(fact for _, fact in organizations)
    ), problems


class _Document(NamedTuple):
    """A mapping, its file, its field path in that file, and its reader."""

    fields: dict[str, Any]
    file: str
    path: str
    reader: Reader

    def text(self, name: str) -> str:
        """Return the text of a field."""
        return self.reader.text(self.fields, self.path, name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list, or of a single value."""
        return names(self.reader, self.fields, self.path, name)


def _documents(folder: Path, name: str, problems: list[Problem]) -> list[_Document]:
    """Return the mappings in a folder, or those in a single list."""
    single = next(
        (
            folder / f"{name}{suffix}"
            for suffix in (".yaml", ".yml")
            if (folder / f"{name}{suffix}").is_file()
        ),
        None,
    )
    if single is not None:
        files = [single.name]
    elif (folder / name).is_dir():
        found, more = scan(folder / name, (".yaml", ".yml", ".md"))
        problems += [structs.replace(problem, file=f"{name}/{problem.file}") for problem in more]
        files = [f"{name}/{item.path}" for item in found]
    else:
        return []
    out: list[_Document] = []
    for file in files:
        for value, path in _parse(folder, file, problems):
            trial = Reader(UTC, [])
            if isinstance(value, dict) and any(
                trial.text(value, path, key) for key in ("name", "_id")
            ):
                out.append(_Document(value, file, path, Reader(UTC, [])))
            else:
                top = 1 if path == "$" else 0  # otherwise the position is looked up
                problems.append(
                    Problem(
                        "warning",
                        "data-without-name",
                        "has no name; it is ignored",
                        path,
                        "",
                        file,
                        top,
                        top,
                    )
                )
    return out


def _parse(folder: Path, file: str, problems: list[Problem]) -> list[tuple[Any, str]]:
    above = int(file.lower().endswith(".md"))  # lines before the YAML
    try:
        text = redact(frontmatter.decode((folder / file).read_bytes()).text).text
        parts = frontmatter.split(text) if above else None
        above = parts.above if parts else 0
        exact = (
            frontmatter.parse_exact(parts.front, parts.toml)
            if parts
            else frontmatter.parse_exact(text)
        )
    except FrontMatterError as error:
        problems.append(
            Problem(
                "error",
                error.code,
                str(error),
                hint=error.hint,
                file=file,
                line=error.line + above,
                column=error.column,
            )
        )
        return []
    except OSError as error:
        problems.append(
            Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=file)
        )
        return []
    problems += [
        structs.replace(one, file=file)
        for one in (*oddities(exact, above), *cut_values(parts.front if parts else text, above))
    ]
    value = exact.value
    return (
        [(item, f"$[{i}]") for i, item in enumerate(value)]
        if isinstance(value, list)
        else [(value, "$")]
    )


def _topic(item: _Document, order: int) -> tuple[_Document, TopicFact]:
    own = item.text("_id")
    name = item.text("name") or own
    others = item.texts("otherNames") + item.texts("shortname")
    slug = item.text("slug") or own
    return item, TopicFact(
        name, slug, order, item.text("parent"), tuple(n for n in others if n != name)
    )


def _organization(item: _Document, static: Path, base: str) -> tuple[_Document, OrganizationFact]:
    domain = registrable_domain(item.text("domain") or item.text("_id"))
    name = item.text("name") or domain
    logo = _logo(item, static)
    return item, OrganizationFact(
        name, domain, item.texts("otherNames"), rooted_image(logo, base) if logo else None
    )


def _is_there(folder: Path, name: str) -> bool:
    """Return whether the file exists, in any Unicode form in which file systems store a name."""
    return any((folder / unicodedata.normalize(form, name)).is_file() for form in ("NFC", "NFD"))


def _logo(item: _Document, static: Path) -> Image | None:
    """Return the smallest image. One on the site itself must exist."""
    logos, missing = [], ""
    for image in read_images(item.reader, item.fields, item.path):
        if image.url.startswith("/") and not _is_there(
            static, unquote(image.url.partition("?")[0]).lstrip("/")
        ):
            missing = image.url
        else:
            logos.append(image)
    if missing and not logos:
        message = f"names the image {missing}, which is not in the static folder"
        item.reader.note("warning", "missing-logo", message, item.path, "images")
    return min(logos, key=lambda logo: logo.width or 10_000, default=None)
