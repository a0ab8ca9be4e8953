"""Read `newsgen.yaml` and `--set` options into structs, and report mistakes with their position."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, structs

from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import Problem, UserError, settings_error
from newsgen.core.text import drop_not_text

T = TypeVar("T", bound=Struct)
_BREAK = re.compile("[\n\r\x85\u2028\u2029]")  # YAML 1.1, section 5.4
_BOOLEANS = {"yes": True, "on": True, "no": False, "off": False}
# msgspec's messages, and newsgen's wording for users.
_WORDS = (
    (r"Expected `int`, got .*", "is not a whole number"),
    (r"Expected `float`, got .*", "is not a number"),
    (r"Expected `(?:int|float)` >= (\d+).*", r"is less than \1"),
    (r"Expected `(?:int|float)` <= (\d+).*", r"is more than \1"),
    (r"Expected `bool`, got .*", "is neither true nor false"),
    (r"Expected `str` of length >= 1", "is empty"),
    (r"Expected `str`, got .*", "is not text"),
    (r"Expected `str` of length <= (\d+)", r"is longer than \1 characters"),
    (r"Expected `str \| object`, got .*", "is neither a name nor a link, {name: ..., url: ...}"),
    (r"Expected `array`, got .*", "is not a list"),
    (r"Expected `object`, got .*", "is not a group of settings"),
    (r"Invalid enum value (.*)", r"does not know \1"),
)

Count = Annotated[int, Meta(ge=1)]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of settings. An unknown key is an error."""


def matching(pattern: str, otherwise: str) -> Meta:
    """Return the constraint that text matches `pattern`, with the message for other text."""
    return Meta(pattern=pattern, description=otherwise)


class SettingsFile:
    """The settings as written, with every scalar as text. `typed` converts them."""

    def __init__(self, file: Path, sets: tuple[str, ...]) -> None:
        """Read the file. Raises UserError (exit code 2)."""
        self._file = str(file)
        self._sets = sets
        try:
            self._text = frontmatter.decode(file.read_bytes()).text
        except OSError as error:
            hint = (
                "`newsgen --root DIR` names the site's folder; newsgen.yaml needs at least "
                "title and url"
            )
            raise settings_error(
                "no-settings",
                f"the settings cannot be read: {error.strerror}",
                file=self._file,
                hint=hint,
            ) from None

    @cached_property
    def _values(self) -> dict[str, Any]:
        values = self._parse()
        for assignment in self._sets:
            _assign(values, assignment)
        return values

    def _parse(self) -> dict[str, Any]:
        try:
            exact = frontmatter.parse_exact(self._text)
        except FrontMatterError as error:
            raise settings_error(
                error.code,
                str(error),
                file=self._file,
                line=error.line,
                column=error.column,
                hint=error.hint,
            ) from None
        if exact.duplicates:
            twice = exact.duplicates[0].path
            raise settings_error(
                "duplicate-key", "the key occurs twice", file=self._file, field=twice
            )
        if exact.value is None:
            return {}
        if not isinstance(exact.value, dict):
            raise settings_error(
                "not-a-mapping", "the settings are not a mapping", file=self._file, line=1, column=1
            )
        return exact.value

    def typed(self, table: type[T]) -> T:
        """Return the settings as this struct. A key without a value has its default.

        Raises UserError (exit code 2).
        """
        fast = None if self._sets else frontmatter.parse_fast(self._text)
        if isinstance(fast, dict):
            # The fast parser may have turned text into a number, or refused a number of thousands
            # of digits. Then the text as written decides.
            with suppress(msgspec.ValidationError, OverflowError):
                typed = msgspec.convert(_prepared(fast, table), table)
                msgspec.msgpack.encode(typed)
                return typed
        try:
            return msgspec.convert(_prepared(self._values, table), table, strict=False)
        except msgspec.ValidationError as error:
            raise self._translated(str(error), table) from None

    def cuts(self, root: Path) -> list[Problem]:
        """Return a warning for each value that YAML cuts, with the file named relative to `root`.

        Most are colours: `accent: #115577` has no value.
        """
        file = os.path.relpath(self._file, root)
        return [structs.replace(one, file=file) for one in cut_values(self._text, 0)]

    def origin(self, name: str) -> str:
        """Return where a setting comes from: `--set KEY=VALUE`, a file with its line, or `default`.

        Call it only for valid settings.
        """
        if self._value(name) is None:
            return "default"
        line, _ = frontmatter.locate_fields(self._text, [f"$.{name}"], whole=True)[0]
        return next(
            (f"--set {one}" for one in reversed(self._sets) if _names(one, name)),
            f"{self._file}:{line}",
        )

    def _value(self, name: str) -> Any:
        value: Any = self._values
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def wrong(
        self, name: str, message: str, hint: str = "", code: str = "bad-setting"
    ) -> UserError:
        """Return the error for a wrong setting, with the option or the position that sets it."""
        for assignment in self._sets:
            if _names(assignment, name):
                return settings_error(code, f"--set {assignment}: {name} {message}", hint=hint)
        line, column = frontmatter.locate_fields(self._text, [f"$.{name}"], whole=True)[0]
        if code == "unknown-setting":
            line, column = self._key(re.split(r"[.\[]", name)[-1], line) or (line, column)
        return settings_error(
            code, f"{name} {message}", file=self._file, line=line, column=column, hint=hint
        )

    def _key(self, name: str, line: int) -> tuple[int, int] | None:
        """Return the position of the key whose value is at this line."""
        lines = self._text.split("\n")
        for number in range(line, 0, -1):
            found = re.match(rf"\s*(?=['\"]?{re.escape(name)}['\"]?\s*:)", lines[number - 1])
            if found:
                return number, found.end() + 1
        return None

    def _translated(self, message: str, table: type[Struct]) -> UserError:
        what, _, path = message.partition(" - at `")
        name = self._with_key(path.rstrip("`").removeprefix("$").removeprefix("."), table)
        unknown = re.search(r"unknown field `([^`]*)`", what)
        missing = re.search(r"missing required field `([^`]*)`", what)
        if unknown:
            hint = near_or_all(
                unknown[1],
                [field.name for field in msgspec.structs.fields(_table_in(_type_at(table, name)))],
            )
            return self.wrong(
                ".".join(part for part in (name, unknown[1]) if part),
                "is not a setting",
                hint,
                "unknown-setting",
            )
        if missing and name:
            return self.wrong(name, f"has no {missing[1]}")
        if missing:
            hint = f"add a line such as  {missing[1]}: ..."
            return settings_error(
                "missing-setting",
                f"the setting {missing[1]} is required",
                file=self._file,
                line=1,
                column=1,
                hint=hint,
            )
        known = _type_at(table, name)
        if what.startswith("Expected `str` matching regex"):
            what = next(form.description for form in _forms(known) if repr(form.pattern) in what)
        for pattern, words in _WORDS:
            found = re.fullmatch(pattern, what)
            if found:
                what = found.expand(words)
                break
        value = re.fullmatch(r"does not know '(.*)'", what)
        hint = ""
        if value and get_origin(known) is Literal:
            hint = near_or_all(value[1], get_args(known))
        elif what == "is not text":
            hint = "write it in quotes, or over several lines after |"
        elif what == "is not a list" and _fits([self._value(name)], known):
            hint = f"write it as [{self._value(name)}]"
        elif what in ("is not a list", "is not a group of settings"):
            hint = f"write it as {_example(known)}"
        return self.wrong(name, what, hint)

    def _with_key(self, name: str, table: type[Struct]) -> str:
        """Return the name of a wrong setting with the user's own key, where msgspec has `[...]`."""
        group, unknown, rest = name.partition("[...]")
        if not unknown:
            return name
        kind = get_args(_type_at(table, group))[-1]
        for key, value in _prepared(self._values, table)[group].items():
            if not _fits(value, kind):
                return group if set(key) & set(".[]") else f"{group}.{key}{rest}"
        return group


def _names(assignment: str, name: str) -> bool:
    """Return whether a `--set` option is for this setting, its group, or a part of it."""
    steps, option = re.split(r"[.\[]", name), assignment.partition("=")[0].strip().split(".")
    return steps[: len(option)] == option[: len(steps)]


def as_yaml(value: Any) -> str:
    """Return a value as YAML on one line, "" for None. A time has the form that articles use."""
    import yaml

    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    if value is None:
        return ""
    written: str = yaml.dump(
        value, Dumper=_line_dumper(), allow_unicode=True, width=sys.maxsize,
        default_flow_style=True, sort_keys=False,
    )  # fmt: skip
    return written.removesuffix("...\n").strip()


@cache
def _line_dumper() -> Any:
    """Return a dumper that escapes line breaks. YAML's other styles write them as they are."""
    import yaml

    class LineDumper(yaml.SafeDumper):
        pass

    def written(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = '"' if _BREAK.search(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)

    LineDumper.add_representer(str, written)
    return LineDumper


def near_or_all(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return a hint: the name that was probably meant, or all valid names."""
    return did_you_mean(name, known, "it may be " + ", ".join(known))


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
        if inner is None:
            inner = values[group] = {}
        if not isinstance(inner, dict):
            raise settings_error(
                "bad-set", f"--set {assignment}: {group} is not a group of settings"
            )
        values = inner
    values[last] = parsed


def _prepared(values: dict[str, Any], table: type[Struct]) -> dict[str, Any]:
    """Return the values without empty ones, with yes and no as booleans where one is expected.

    Free text loses the characters that XML forbids, because it appears in pages and feeds. A value
    that must match a pattern or range keeps them, and is refused.
    """
    types = {field.name: field.type for field in msgspec.structs.fields(table)}
    out: dict[str, Any] = {}
    for name, value in values.items():
        due = types.get(name)
        tables = get_args(due)[-1] if get_origin(due) is dict else None
        group = due if isinstance(due, type) and issubclass(due, Struct) else None
        if group and "enabled" in group.__struct_fields__ and not isinstance(value, dict):
            value = {"enabled": value}  # as in `social_cards: true`
        if group and isinstance(value, dict):
            out[name] = _prepared(value, group)
        elif isinstance(value, dict) and isinstance(tables, type) and issubclass(tables, Struct):
            out[name] = {
                key: {} if one is None else _prepared(one, tables) if isinstance(one, dict) else one
                for key, one in value.items()
            }
        elif due is bool and isinstance(value, str):
            out[name] = _BOOLEANS.get(value.lower(), value)
        elif value is not None or due is None:
            out[name] = value if any(_forms(due)) else drop_not_text(value)
    return out


def _forms(due: Any) -> Iterator[Any]:
    """Yield the patterns that text of a type, or of one within it, must match."""
    for meta in getattr(due, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.pattern:
            yield meta
    for part in get_args(due):
        yield from _forms(part)


def _fits(value: Any, due: Any) -> bool:
    try:
        msgspec.convert(value, due, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def _example(due: Any) -> str:
    """Return an example of this type on one line, such as `[{name: ..., url: ...}]`."""
    if get_origin(due) is Annotated:
        due = get_args(due)[0]
    parts = get_args(due)
    if get_origin(due) is tuple:
        return f"[{_example(parts[0])}, ...]"
    if get_origin(due) is dict:
        return f"{{...: {_example(parts[-1])}}}"
    if isinstance(due, type) and issubclass(due, Struct):
        return f"{{{', '.join(f'{name}: ...' for name in due.__struct_fields__[:2])}}}"
    if get_origin(due) is Literal:
        return str(parts[0])
    return _example(parts[0]) if parts else "..."


def _type_at(table: Any, path: str) -> Any:
    """Return the type of the setting at a path such as `related.limit` or `without[0]`."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if get_origin(table) is dict:
            table = get_args(table)[-1]
        elif index or name.isdigit():
            table = get_args(table)[0]
        else:
            fields = msgspec.structs.fields(_table_in(table))
            table = next(field.type for field in fields if field.name == name)
    return table


def _table_in(due: Any) -> type[Struct]:
    """Return the group of settings that a type is, or that is one of its alternatives."""
    parts = (due, *get_args(due))
    return next(part for part in parts if isinstance(part, type) and issubclass(part, Struct))
