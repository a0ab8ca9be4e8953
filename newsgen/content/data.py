"""Data files, which describe a site's topics, authors and publishers."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from msgspec import Struct, structs

from newsgen.content.base_path import rooted_image
from newsgen.content.domains import registrable_domain
from newsgen.content.field_reader import Reader, oddities
from newsgen.content.names import names
from newsgen.content.scan import refused, scan
from newsgen.content.schema import read_images
from newsgen.content.slugs import make_label
from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.model import Image, Label, Profile
from newsgen.core.problems import Problem
from newsgen.core.secret import redact

UNORDERED = 1_000_000  # the position of names that no data file orders


class NameFact(Struct, frozen=True):
    """A topic's data file, or an author's. `order` is its position among those of topics. `logo` is
    the image beside the name.
    """

    name: str
    slug: str
    order: int = UNORDERED
    parent: str = ""
    other_names: tuple[str, ...] = ()
    profile: Profile | None = None
    logo: Image | None = None


class OrganizationFact(Struct, frozen=True):
    """An organization's data file."""

    name: str
    domain: str
    other_names: tuple[str, ...] = ()
    logo: Image | None = None


class Data(Struct, frozen=True):
    """All data files of a site, in their order."""

    topics: tuple[NameFact, ...] = ()
    organizations: tuple[OrganizationFact, ...] = ()
    authors: tuple[NameFact, ...] = ()


def load_data(folder: Path, static: Path, base: str = "") -> tuple[Data, list[Problem]]:
    """Read `topics/*.yaml`, `authors/*.yaml` and `organizations/*.md`, or one YAML list of each
    (`topics.yaml`).

    Images get `base` before their paths. Return the data and problems.
    """
    problems: list[Problem] = []
    images = _Images(static, base)
    topics = [
        _topic(item, i, images) for i, item in enumerate(_documents(folder, "topics", problems))
    ]
    authors = [_author(item, images) for item in _documents(folder, "authors", problems)]
    organizations = [
        _organization(item, images) for item in _documents(folder, "organizations", problems)
    ]
    for item, _ in (*topics, *organizations, *authors):
        problems += [structs.replace(problem, file=item.file) for problem in item.reader.problems]
    return Data(
        tuple(fact for _, fact in topics),
        tuple(fact for _, fact in organizations),
        tuple(fact for _, fact in authors),
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
        if refusal := refused(os.path.realpath(folder), single.name, single):
            problems.append(Problem("warning", *refusal, file=single.name))
            return []
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


def _topic(item: _Document, order: int, images: _Images) -> tuple[_Document, NameFact]:
    own = item.text("_id")
    name = item.text("name") or own
    others = item.texts("otherNames") + item.texts("shortname")
    slug = item.text("slug") or own
    profile = Profile(item.text("description"), images.first(item, "image"))
    return item, NameFact(
        name,
        slug,
        order,
        item.text("parent"),
        tuple(n for n in others if n != name),
        profile if profile != Profile() else None,
    )


def _author(item: _Document, images: _Images) -> tuple[_Document, NameFact]:
    """Return an author's data file. Articles may also name the author by the slug."""
    stem = item.file.rpartition("/")[2].rpartition(".")[0] if item.path == "$" else ""
    slug = item.text("slug") or item.text("_id") or stem
    name = item.text("name") or slug
    others = tuple(n for n in (slug, *item.texts("otherNames")) if n and n != name)
    image = images.first(item, "image")
    profile = Profile(item.text("bio"), image, item.text("role"), tuple(_links(item)))
    return item, NameFact(name, slug, other_names=others, profile=profile, logo=image)


def _links(item: _Document) -> Iterator[Label]:
    """Return an author's pages elsewhere: addresses, or mappings with `name` and `url`."""
    for value, at in item.reader.items(item.fields, item.path, "links"):
        own = value if isinstance(value, dict) else {"url": value}
        url = item.reader.url(own, at, "url")
        if url:
            host = urlsplit(url).netloc.removeprefix("www.")
            yield make_label(item.reader.text(own, at, "name") or host, url, "")


def _organization(item: _Document, images: _Images) -> tuple[_Document, OrganizationFact]:
    domain = registrable_domain(item.text("domain") or item.text("_id"))
    name = item.text("name") or domain
    logo = images.smallest(item)
    return item, OrganizationFact(name, domain, item.texts("otherNames"), logo)


def _is_there(folder: Path, name: str) -> bool:
    """Return whether the file exists, in any Unicode form in which file systems store a name."""
    return any((folder / unicodedata.normalize(form, name)).is_file() for form in ("NFC", "NFD"))


class _Images(NamedTuple):
    """Reads the images of data files. One on the site itself must exist in the static folder, and
    gets `base` before its path.
    """

    static: Path
    base: str

    def first(self, item: _Document, name: str) -> Image | None:
        """Return the first image of a field."""
        return next(iter(self._existing(item, name)), None)

    def smallest(self, item: _Document) -> Image | None:
        """Return the smallest image."""
        return min(
            self._existing(item, "images"), key=lambda logo: logo.width or 10_000, default=None
        )

    def _existing(self, item: _Document, name: str) -> list[Image]:
        found, missing = [], ""
        for image in read_images(item.reader, item.fields, item.path, name):
            path = unquote(image.url.partition("?")[0]).lstrip("/")
            if image.url.startswith("/") and not _is_there(self.static, path):
                missing = image.url
            else:
                found.append(rooted_image(image, self.base))
        if missing and not found:
            message = f"names the image {missing}, which is not in the static folder"
            item.reader.note("warning", "missing-logo", message, item.path, name)
        return found
