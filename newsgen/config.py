"""`newsgen.yaml` to frozen Settings. docs/settings.md documents every key; a test holds it to this file."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from newsgen.content import frontmatter
from newsgen.content.frontmatter import FrontMatterError
from newsgen.problems import UserError, settings_error

FILE = "newsgen.yaml"
Count = Annotated[int, Meta(ge=1)]
Kind = Literal["category", "topics", "topic", "sources", "source", "year", "month", "day", "feed", "sitemap", "404"]
_PLACEHOLDERS = {
    "article": {"category", "stem", "slug", "year", "month", "day"},
    "topic": {"slug"},
    "source": {"slug"},
    "date": {"year", "month", "day"},
}


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of settings; a key that it does not know is an error."""


class Permalinks(Table, frozen=True):
    """Where pages stand, from the site's root."""

    article: str = "/{category}/{stem}/"
    topic: str = "/topics/{slug}/"
    source: str = "/sources/{slug}/"
    date: str = "/{year}/{month}/{day}/"


class Archive(Table, frozen=True):
    """Year, month and day pages."""

    per_page: Annotated[int, Meta(ge=0)] = 100


class Related(Table, frozen=True):
    """The sidebar of an article."""

    limit: Annotated[int, Meta(ge=0)] = 8
    fill: bool = True


class Feeds(Table, frozen=True):
    """RSS over all and per topic."""

    limit: Count = 30


class Markdown(Table, frozen=True):
    """How bodies are read."""

    engine: Literal["markdown", "commonmark"] = "markdown"
    extensions: tuple[str, ...] = ("extra", "sane_lists", "smarty")


class Sources(Table, frozen=True):
    """What counts as a source."""

    platforms: tuple[str, ...] = ("youtube.com", "msn.com")


class Check(Table, frozen=True):
    """What counts as a problem."""

    allow: tuple[str, ...] = ()


class Settings(Table, frozen=True):
    """All settings of a site. Folders are relative to the root."""

    title: Annotated[str, Meta(min_length=1)]
    url: str
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    content: str = "content"
    data: str = "_data"
    templates: str = "templates"
    static: str = "static"
    media: str = "media"
    output: str = "site"
    per_page: Count = 30
    without: tuple[Kind, ...] = ()
    permalinks: Permalinks = field(default_factory=Permalinks)
    archive: Archive = field(default_factory=Archive)
    related: Related = field(default_factory=Related)
    feeds: Feeds = field(default_factory=Feeds)
    markdown: Markdown = field(default_factory=Markdown)
    sources: Sources = field(default_factory=Sources)
    check: Check = field(default_factory=Check)

    @property
    def base(self) -> str:
        """The path that every link of the site begins with: "" or such as `/azure`."""
        return re.sub(r"^https?://[^/]+", "", self.url)


class Paths(Struct, frozen=True):
    """Where a site's inputs, cache and output stand."""

    root: Path
    config: Path
    content: Path
    data: Path
    templates: Path
    static: Path
    media: Path
    output: Path
    cache: Path


class Config(Struct, frozen=True):
    """The settings of a site and its folders."""

    settings: Settings
    paths: Paths


def load_config(
    root: Path, config: Path | None = None, sets: tuple[str, ...] = (), output: Path | None = None, cache: Path | None = None
) -> Config:
    """The configuration of the site at `root`.

    `sets` are settings as `a.b=VALUE`, VALUE being YAML; `output` and `cache`, from the command
    line, are relative to the working folder. Raises UserError (exit code 2) with the place of the mistake.
    """
    file = config or root / FILE
    try:
        text = frontmatter.decode(file.read_bytes()).text
    except OSError as error:
        hint = "`newsgen --root DIR` names the site's folder; newsgen.yaml needs at least title and url"
        raise settings_error("no-settings", f"the settings cannot be read: {error.strerror}", file=str(file), hint=hint) from None
    values = _mapping(text, str(file))
    for assignment in sets:
        _assign(values, assignment)
    settings = _validate(values, text, str(file))
    folders = {name: Path(os.path.abspath(root / getattr(settings, name))) for name in _FOLDERS}
    if output:
        folders["output"] = Path(os.path.abspath(output))
    paths = Paths(root=Path(os.path.abspath(root)), config=file, cache=Path(os.path.abspath(cache or root / ".newsgen")), **folders)
    _check_folders(paths)
    return Config(settings, paths)


_FOLDERS = ("content", "data", "templates", "static", "media", "output")


def _mapping(text: str, file: str) -> dict[str, Any]:
    try:
        exact = frontmatter.parse_exact(text)
    except FrontMatterError as error:
        raise settings_error(error.code, str(error), file=file, line=error.line, column=error.column) from None
    if exact.duplicates:
        raise settings_error("duplicate-key", "the key stands twice", file=file, field=exact.duplicates[0])
    if exact.value is None:
        return {}
    if not isinstance(exact.value, dict):
        raise settings_error("not-a-mapping", "the settings are not a mapping", file=file, line=1, column=1)
    return exact.value


def _assign(values: dict[str, Any], assignment: str) -> None:
    name, equals, value = assignment.partition("=")
    if not equals:
        raise settings_error("bad-set", f"--set {assignment}: write it as key=value")
    try:
        parsed = frontmatter.parse_exact(value).value
    except FrontMatterError as error:
        raise settings_error("bad-set", f"--set {assignment}: {error}") from None
    *groups, last = name.strip().split(".")
    for group in groups:
        inner = values.setdefault(group, {})
        if not isinstance(inner, dict):
            raise settings_error("bad-set", f"--set {assignment}: {group} is not a group of settings")
        values = inner
    values[last] = parsed


def _validate(values: dict[str, Any], text: str, file: str) -> Settings:
    try:
        # Every scalar is text here (see frontmatter): `strict=False` types it by the schema.
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise _translated(str(error), file) from None

    def wrong(name: str, message: str, hint: str = "") -> UserError:
        return settings_error("bad-setting", f"{name}: {message}", file=file, field=f"$.{name}", hint=hint)

    if not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", settings.url):
        raise wrong("url", "is not an absolute address such as https://news.example")
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", settings.language):
        raise wrong("language", "is not a language tag such as en or zh-Hant (BCP 47)")
    try:
        ZoneInfo(settings.timezone)
    except (ValueError, OSError):
        raise wrong("timezone", "is not a time zone such as Europe/Berlin") from None
    for name, allowed in _PLACEHOLDERS.items():
        _check_permalink(f"permalinks.{name}", getattr(settings.permalinks, name), allowed, wrong)
    return msgspec.structs.replace(settings, url=settings.url.rstrip("/"))


def _check_permalink(name: str, pattern: str, allowed: set[str], wrong: Any) -> None:
    used = set(re.findall(r"{([^{}]*)}", pattern))
    if not re.fullmatch(r"/(?:[^\s{}/?#]|{[a-z]+}|/(?!/))*/", pattern) or ".." in pattern:
        raise wrong(name, "begins and ends with / and is a path such as /{category}/{stem}/")
    if used - allowed:
        raise wrong(name, f"does not know {{{min(used - allowed)}}}", "it knows " + ", ".join(sorted(allowed)))
    if name == "permalinks.date" and not pattern.endswith("{year}/{month}/{day}/"):
        raise wrong(name, "ends with {year}/{month}/{day}/")
    if not used:
        raise wrong(name, "names nothing that tells one page from another", "it knows " + ", ".join(sorted(allowed)))


def _translated(message: str, file: str) -> UserError:
    """msgspec's message with the place in the file, and the known key that is nearest to an unknown one."""
    what, _, path = message.partition(" - at `")
    path = path.rstrip("`") or "$"
    unknown = re.search(r"unknown field `([^`]*)`", what)
    missing = re.search(r"missing required field `([^`]*)`", what)
    if unknown:
        known = _keys_at(path)
        near = difflib.get_close_matches(unknown[1], known, 1)
        hint = f"did you mean {near[0]}?" if near else "known here: " + ", ".join(known)
        return settings_error(
            "unknown-setting", f"there is no setting {_joined(path, unknown[1])}", file=file, field=f"{path}.{unknown[1]}", hint=hint
        )
    if missing:
        return settings_error(
            "missing-setting",
            f"the setting {missing[1]} is required",
            file=file,
            line=1,
            column=1,
            hint=f"add a line such as  {missing[1]}: ...",
        )
    return settings_error("bad-setting", f"{_joined(path, '')}: {what[0].lower()}{what[1:]}", file=file, field=path)


def _joined(path: str, name: str) -> str:
    return ".".join(part for part in (path.removeprefix("$").lstrip("."), name) if part)


def _keys_at(path: str) -> list[str]:
    table: Any = Settings
    for name in path.removeprefix("$").strip(".").split("."):
        if name:
            table = next(f.type for f in msgspec.structs.fields(table) if f.name == name)
    return [f.name for f in msgspec.structs.fields(table)]


def _check_folders(paths: Paths) -> None:
    """The output may hold no input, and no input the output: it is a folder of its own."""
    for name in ("content", "data", "templates", "static", "media", "cache"):
        folder: Path = getattr(paths, name)
        if paths.output == folder or paths.output in folder.parents or folder in paths.output.parents:
            raise settings_error(
                "output-overlaps",
                f"the output {paths.output} and the folder {name} ({folder}) overlap",
                hint="set output to a folder of its own",
            )
    if paths.output == paths.root or paths.output in paths.root.parents:
        raise settings_error(
            "output-overlaps", f"the output {paths.output} holds the site's own root", hint="set output to a folder of its own"
        )
