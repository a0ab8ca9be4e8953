"""From a content file's bytes to its Article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Generic, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content.address import with_own_addresses
from newsgen.content.aliases import NO_HINTS, PathHints, needs_title, with_hints
from newsgen.content.base_path import rooted_article
from newsgen.content.body.convert import Body, render_body
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.removed import removed_html
from newsgen.content.field_reader import Inexact, oddities
from newsgen.content.first_heading import without_opening
from newsgen.content.key_case import with_usual_keys
from newsgen.content.pages import read_page, read_section
from newsgen.content.plain_values import typed_extra
from newsgen.content.publication import Record as T
from newsgen.content.publication import decides, strictest
from newsgen.content.schema import FIELDS, read_article
from newsgen.content.teaser import MORE
from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.messages import count
from newsgen.core.model import Article, PlainPage
from newsgen.core.problems import Problem, Severity
from newsgen.core.secret import Redacted, redact

_LANGUAGES = ("language", "lang", "locale")
_MOST_REPEATED = 20  # each costs as much as reading the fields again
Read = Callable[[Any, Body, tzinfo, None, Budgets], tuple[T | None, list[Problem]]]


class Options(Struct, frozen=True):
    """The settings that decide how a file is read.

    `base` is the path that the site's own links begin with, `site` is its address. `repairs` is
    true if repairs are kept with the problems. `hosts` are those whose players and media bodies may
    show, and `typography` is true if they get quotation marks and dashes. `fields` are keys to read
    as fields, `taxonomies` those that group stories.
    """

    timezone: str
    engine: str
    extensions: tuple[str, ...]
    base: str = ""
    language: str = "en"
    repairs: bool = False
    budgets: Budgets = DEFAULT
    site: str = ""
    typography: bool = True
    hosts: Hosts = Hosts()
    fields: Mapping[str, str] = {}
    taxonomies: tuple[str, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """Return the time zone of times without an offset."""
        return ZoneInfo(self.timezone)


class Loaded(NamedTuple, Generic[T]):
    """The result of reading one file. `record` is None if the file was left out."""

    record: T | None
    problems: list[Problem]


def load_article(data: bytes, options: Options, place: PathHints = NO_HINTS) -> Loaded[Article]:
    """Return the Article in a content file's bytes, and its problems. Pure."""

    def read(
        front: Any, body: Body, zone: tzinfo, repairs: None, budgets: Budgets
    ) -> tuple[Article | None, list[Problem]]:
        hinted = with_hints(front, place)
        fields, taxonomies = options.fields, options.taxonomies
        article, problems = read_article(hinted, body, zone, repairs, budgets, fields, taxonomies)
        if article and needs_title(front, place):
            problems.append(Problem("repair", "title-of-file", ""))
        return article, problems

    if place.html:
        options = structs.replace(options, engine="html")
    special = any(place) or options.fields or options.taxonomies
    loaded = _load(data, options, read if special else read_article)
    return (
        Loaded(rooted_article(loaded.record, options.base), loaded.problems)
        if options.base and loaded.record
        else loaded
    )


def load_page(data: bytes, options: Options) -> Loaded[PlainPage]:
    """Return the plain page in a content file's bytes, and its problems. Pure."""
    return _load(data, options, read_page)


def load_section(data: bytes, options: Options) -> Loaded[PlainPage]:
    """Return a file about a folder as a page, and its problems. Pure."""
    return _load(data, options, read_section)


def _load(data: bytes, options: Options, read: Read[T]) -> Loaded[T]:
    if not data.strip():
        return Loaded(None, [_at_top("empty-file", "the file is empty; it is ignored", "")])
    try:
        frontmatter.check_size(data)
    except FrontMatterError as error:
        return Loaded(None, [_at_top(error.code, str(error), "", "error")])
    text, encoding, dropped = frontmatter.decode(data)
    problems: list[Problem] = (
        _decoding_problems(encoding, dropped) if dropped or encoding != "utf-8" else []
    )
    above = 1
    try:
        redacted = redact(text)
        problems += _secret(redacted, text)
        if redacted.refused:
            return Loaded(None, problems)
        # Ghost's placeholder for the address of the site.
        whole = redacted.text.replace("__GHOST_URL__/", "/")
        parts = frontmatter.split(whole)
        if parts is None:
            hint = "start the file with a line ---, the fields, and another line ---"
            problems.append(
                _at_top("no-front-matter", "the file has no front matter; it is ignored", hint)
            )
            return Loaded(None, problems)
        above = parts.above
        lines = whole.count("\n", 0, len(whole) - len(parts.body))
        record, found = _read(parts, options, read, lines)
        for cut in () if parts.toml else cut_values(parts.front, parts.above):
            if record and decides(cut.field.removeprefix("$."), FIELDS):
                record = structs.replace(record, unclear=True)
                cut = structs.replace(cut, message=f"{cut.message}; the article is withheld")
            found.append(cut)
    except FrontMatterError as error:
        line = error.line + above if error.line else 1
        told = _at_top(error.code, str(error), error.hint, "error", line, error.column)
        return Loaded(None, [*problems, told])
    return Loaded(record, problems + found)


def _decoding_problems(encoding: str, dropped: int) -> list[Problem]:
    """Return the problems of a file in another encoding, or with `dropped` control characters."""
    problems = []
    if encoding != "utf-8":
        message = "the file is not UTF-8; it is read as Windows-1252"
        problems.append(_at_top("not-utf-8", message, "save it as UTF-8"))
    if dropped:
        message = f"{count(dropped, 'control character')} left out, which YAML does not allow"
        problems.append(_at_top("control-character", message, ""))
    return problems


def _read(
    parts: frontmatter.Parts, options: Options, read: Read[T], lines: int
) -> tuple[T | None, list[Problem]]:
    zone = options.zone
    value: Any = None if parts.toml else frontmatter.parse_fast(parts.front)
    fast = isinstance(value, dict)
    exact = frontmatter.Exact(with_usual_keys(value), (), ()) if fast else _parse_exact(parts)
    front, text = without_opening(with_own_addresses(exact.value, options.site), parts.body)
    body, over = _render_body(text, options, _language(front) or options.language, lines)
    if fast:
        try:
            record, problems = read(front, body, zone, None, options.budgets)
            return record, problems + over
        except Inexact:
            exact = _parse_exact(parts)
            front, _ = without_opening(with_own_addresses(exact.value, options.site), parts.body)
    record, problems = read(front, body, zone, None, options.budgets)
    strict = _strictest(record, exact, lambda front: read(front, body, zone, None, options.budgets))
    odd = oddities(exact, parts.above, strict != record)
    if isinstance(strict, Article) and strict.extra:
        strict = structs.replace(strict, extra=typed_extra(strict.extra, exact.typed()))
    return strict, problems + over + odd


def _parse_exact(parts: frontmatter.Parts) -> frontmatter.Exact:
    exact = frontmatter.parse_exact(parts.front, parts.toml)
    return exact._replace(value=with_usual_keys(exact.value))


def _language(front: Any) -> str:
    """Return the article's own language as written, "" if it has none."""
    if not isinstance(front, dict):
        return ""
    own = next((front[key] for key in _LANGUAGES if front.get(key)), "")
    return own if isinstance(own, str) else ""


def _strictest(
    record: T | None, exact: frontmatter.Exact, read: Callable[[Any], tuple[T | None, Any]]
) -> T | None:
    """Return the record, withheld if an earlier value of a repeated key withholds it.

    `read` reads other front matter of the same file.
    """
    repeated = [one for one in exact.duplicates if decides(one.path.removeprefix("$."), FIELDS)]
    if record is None or not repeated:
        return record
    if len(repeated) > _MOST_REPEATED:
        return structs.replace(record, unclear=True)
    fronts = [exact.value | {one.path.removeprefix("$."): one.earlier} for one in repeated]
    return strictest(record, [read(front)[0] for front in fronts])


def _render_body(
    text: str, options: Options, language: str, lines: int
) -> tuple[Body, list[Problem]]:
    """Return the body as HTML, and its problems; if it exceeds a budget, an empty body.

    `lines` is the number of lines before the body.
    """

    def render(part: str) -> Body:
        return render_body(
            part,
            options.engine,
            options.extensions,
            language,
            options.base,
            options.budgets,
            options.site,
            options.typography,
            options.hosts,
        )

    try:
        body = render(text)
        more = MORE.search(text) if "<" in text or "{" in text else None
        above = render(text[: more.start()]).html if more else ""
        problems = [structs.replace(one, line=one.line + lines) for one in body.problems]
        if options.repairs and "<" in text:
            removed = removed_html(text)
            problems += [structs.replace(one, line=one.line + lines) for one in removed]
        if body.turned:
            problems.append(Problem("repair", "invisible-character", ""))
        return structs.replace(body, above=above), problems
    except OverBudget as error:
        hint = f"shorten the body, or raise budgets.{error.name} in the settings"
        return Body("", ()), [
            Problem(
                "warning",
                "over-budget",
                f"the body {error}; it is left out",
                hint=hint,
                line=1,
                column=1,
            )
        ]


def _secret(redacted: Redacted, text: str) -> list[Problem]:
    """Return the problems with the position of `secured` in a file, without its value."""
    if redacted.refused:
        hint = "write each value out, or leave the field out"
        return [
            _at_top(
                "shared-secured",
                redacted.refused,
                hint,
                "error",
                text.count("\n", 0, redacted.at) + 1,
            )
        ]
    if redacted.in_body >= 0:
        hint = "look for a superfluous line --- above it"
        line = text.count("\n", 0, redacted.in_body) + 1
        return [
            _at_top(
                "secured-in-body",
                "the body starts with the field `secured`; it is left out",
                hint,
                line=line,
            )
        ]
    return []


def _at_top(
    code: str,
    message: str,
    hint: str,
    severity: Severity = "warning",
    line: int = 1,
    column: int = 1,
) -> Problem:
    return Problem(severity, code, message, hint=hint, line=line, column=column)
