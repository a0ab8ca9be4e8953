"""Data files: what a site knows of its topics and of the organizations that publish its stories."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from msgspec import Struct, structs

from newsgen.content import frontmatter, urls
from newsgen.content.domains import registrable_domain
from newsgen.content.frontmatter import FrontMatterError
from newsgen.content.repair import clean_text
from newsgen.content.rooted import rooted_picture
from newsgen.content.scan import scan
from newsgen.model import Picture
from newsgen.problems import Problem


class TopicFact(Struct, frozen=True):
    """A topic's data file. `order` is its place among them."""

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
    logo: Picture | None = None


class Data(Struct, frozen=True):
    """All data files of a site, in their order."""

    topics: tuple[TopicFact, ...] = ()
    organizations: tuple[OrganizationFact, ...] = ()


def load_data(folder: Path, static: Path, base: str = "") -> tuple[Data, list[Problem]]:
    """`topics/*.yaml` and `organizations/*.md`, or one YAML list of each (`topics.yaml`). Logos stand at `base`."""
    problems: list[Problem] = []
    topics = _documents(folder, "topics", problems)
    organizations = _documents(folder, "organizations", problems)
    return (
        Data(
            tuple(_topic(item.fields, i) for i, item in enumerate(topics)),
            tuple(_organization(item, static, base, problems) for item in organizations),
        ),
        problems,
    )


class _Document(NamedTuple):
    """A mapping with the file it stands in, and its field path there."""

    fields: dict[str, Any]
    file: str
    path: str


def _documents(folder: Path, name: str, problems: list[Problem]) -> list[_Document]:
    """The mappings below a folder, or those of one list."""
    single = next((folder / f"{name}{suffix}" for suffix in (".yaml", ".yml") if (folder / f"{name}{suffix}").is_file()), None)
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
            if isinstance(value, dict) and (_text(value.get("name")) or _text(value.get("_id"))):
                out.append(_Document(value, file, path))
            else:
                top = 1 if path == "$" else 0  # else the place is looked up
                problems.append(Problem("warning", "data-without-name", "has no name; it is passed over", path, "", file, top, top))
    return out


def _parse(folder: Path, file: str, problems: list[Problem]) -> list[tuple[Any, str]]:
    try:
        text = frontmatter.decode((folder / file).read_bytes()).text
        parts = frontmatter.split(text) if file.endswith(".md") else None
        value = frontmatter.parse_exact(parts.front if parts else text).value
    except FrontMatterError as error:
        problems.append(Problem("error", error.code, str(error), file=file, line=error.line + (file.endswith(".md")), column=error.column))
        return []
    except OSError as error:
        problems.append(Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=file))
        return []
    return [(item, f"$[{i}]") for i, item in enumerate(value)] if isinstance(value, list) else [(value, "$")]


def _text(value: Any) -> str:
    return clean_text(value, _ignore) if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for item in values if (text := _text(item)))


def _topic(fields: dict[str, Any], order: int) -> TopicFact:
    name = _text(fields.get("name")) or _text(fields.get("_id"))
    others = _texts(fields.get("otherNames")) + _texts(fields.get("shortname"))
    slug = _text(fields.get("slug")) or _text(fields.get("_id"))
    return TopicFact(name, slug, order, _text(fields.get("parent")), tuple(n for n in others if n != name))


def _organization(item: _Document, static: Path, base: str, problems: list[Problem]) -> OrganizationFact:
    fields = item.fields
    domain = registrable_domain(_text(fields.get("domain")) or _text(fields.get("_id")))
    name = _text(fields.get("name")) or domain
    logo = _logo(item, static, problems)
    return OrganizationFact(name, domain, _texts(fields.get("otherNames")), rooted_picture(logo, base) if logo else None)


def _logo(document: _Document, static: Path, problems: list[Problem]) -> Picture | None:
    """The smallest picture; one on the site itself must be there."""
    logos, missing = [], ""
    value = document.fields.get("images")
    for item in value if isinstance(value, list) else []:
        fields = item if isinstance(item, dict) else {"url": item}
        url = urls.safe_image_url(_text(fields.get("url")), _ignore)
        if url.startswith("/") and not (static / unquote(url.partition("?")[0]).lstrip("/")).is_file():
            missing = url
        elif url:
            width, height = (_text(fields.get(key)) for key in ("width", "height"))
            logos.append(Picture(url, _pixels(width), _pixels(height)))
    if missing and not logos:
        message = f"names the picture {missing}, which is not in the static folder"
        problems.append(Problem("warning", "missing-logo", message, document.path + ".images", file=document.file))
    return min(logos, key=lambda logo: logo.width or 10_000, default=None)


def _pixels(size: str) -> int:
    return int(size) if size.isdecimal() and len(size) < 10 else 0


def _ignore(code: str) -> None:
    """Repairs of data files are not listed."""
