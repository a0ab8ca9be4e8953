"""Data files: what a site knows of its topics and of the organizations that publish its stories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from newsgen.content import frontmatter, urls
from newsgen.content.frontmatter import FrontMatterError
from newsgen.content.repair import clean_text
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


def load_data(folder: Path, static: Path) -> tuple[Data, list[Problem]]:
    """`topics/*.yaml` and `organizations/*.md`, or one YAML list of each (`topics.yaml`)."""
    problems: list[Problem] = []
    topics = _documents(folder, "topics", problems)
    organizations = _documents(folder, "organizations", problems)
    return (
        Data(
            tuple(_topic(fields, i) for i, (fields, _) in enumerate(topics)),
            tuple(_organization(fields, file, static, problems) for fields, file in organizations),
        ),
        problems,
    )


def _documents(folder: Path, name: str, problems: list[Problem]) -> list[tuple[dict[str, Any], str]]:
    """The mappings below a folder, or those of one list, each with the file it stands in."""
    single = next((folder / f"{name}{suffix}" for suffix in (".yaml", ".yml") if (folder / f"{name}{suffix}").is_file()), None)
    if single is not None:
        files = [single.name]
    elif (folder / name).is_dir():
        found, more = scan(folder / name, (".yaml", ".yml", ".md"))
        problems += more
        files = [f"{name}/{item.path}" for item in found]
    else:
        return []
    out: list[tuple[dict[str, Any], str]] = []
    for file in files:
        for value in _parse(folder, file, problems):
            if isinstance(value, dict) and (value.get("name") or value.get("_id")):
                out.append((value, file))
            else:
                problems.append(Problem("warning", "data-without-name", "has no name; it is passed over", file=file, line=1, column=1))
    return out


def _parse(folder: Path, file: str, problems: list[Problem]) -> list[Any]:
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
    return value if isinstance(value, list) else [value]


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


def _organization(fields: dict[str, Any], file: str, static: Path, problems: list[Problem]) -> OrganizationFact:
    domain = urls.registrable_domain(_text(fields.get("domain")) or _text(fields.get("_id")))
    name = _text(fields.get("name")) or domain
    return OrganizationFact(name, domain, _texts(fields.get("otherNames")), _logo(fields.get("images"), file, static, problems))


def _logo(value: Any, file: str, static: Path, problems: list[Problem]) -> Picture | None:
    """The smallest picture; one on the site itself must be there."""
    logos, missing = [], ""
    for item in value if isinstance(value, list) else []:
        fields = item if isinstance(item, dict) else {"url": item}
        url = urls.safe_image_url(_text(fields.get("url")), _ignore)
        if url.startswith("/") and not (static / url.lstrip("/")).is_file():
            missing = url
        elif url:
            sizes = [int(size) if (size := _text(fields.get(key))).isdecimal() else 0 for key in ("width", "height")]
            logos.append(Picture(url, sizes[0], sizes[1]))
    if missing and not logos:
        problems.append(
            Problem("warning", "missing-logo", f"names the picture {missing}, which is not in the static folder", "$.images", file=file)
        )
    return min(logos, key=lambda logo: logo.width or 10_000, default=None)


def _ignore(code: str) -> None:
    """Repairs of data files are not listed."""
