#!/usr/bin/env python3
"""Write the tables of the reference pages from the code: settings, options, problems and so on.

This script writes the lines between a mark such as `<!-- settings: related -->` and `<!-- end -->`
in a page of docs/. The texts are in the code: a string literal below each setting and each field of
a view, the help of an option, the catalogue of problems, the docstring of a filter, the description
of a field, and comments `{# block name: ... #}` and `{# macro name(arguments): ... #}` in
templates. Links in these texts are relative to the page.

    scripts/write_reference.py          writes the pages
    scripts/write_reference.py --check  writes nothing; ends with 1 if a page is out of date
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from html import escape
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import click
import msgspec
from msgspec import NODEFAULT, Struct

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsgen.check.problem_catalogue import read_catalogue  # noqa: E402
from newsgen.cli.main import COMMANDS, EXIT_CODES, cli  # noqa: E402
from newsgen.config.settings import Settings, Table  # noqa: E402
from newsgen.content import json_schema  # noqa: E402
from newsgen.core.card import Card  # noqa: E402
from newsgen.core.media import Media  # noqa: E402
from newsgen.core.model import Article  # noqa: E402
from newsgen.pages.base import AnyView, View  # noqa: E402
from newsgen.pages.plan import PLANNERS  # noqa: E402
from newsgen.render.filters import SiteInfo, make_filters  # noqa: E402
from newsgen.render.image_html import ImageHtml  # noqa: E402
from newsgen.render.structured import Structured  # noqa: E402

MARK = re.compile(r"(<!-- (?!end)([\w-]+)(?:: ([^>]*?))? -->\n).*?<!-- end -->", re.S)
CODE = re.compile(r"`([^`|]*\|[^`]*)`")  # with a vertical bar
# Files that no template makes.
NO_TEMPLATE = (
    *("FileView", "VariantView", "StoryPlace"),
    *("SearchIndexView", "SearchGroupsView", "SearchCardsView", "SearchTermsView"),
)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table of Markdown."""
    first, *rest = [f"| {' | '.join(map(cell, row))} |" for row in (head, *rows)]
    return "\n".join([first, f"|{'---|' * len(head)}", *rest])


def cell(text: str) -> str:
    """Return a text on one line, without its last period. Renderers treat a vertical bar in a
    table's code differently, but not in HTML.
    """
    line = CODE.sub(
        lambda code: f"<code>{escape(code[1], quote=False).replace('|', '&#124;')}</code>",
        " ".join(text.split()),
    )
    return line.replace("|", r"\|").removesuffix(".")


@cache
def attribute_docs(owner: type) -> dict[str, str]:
    """Return the text below each attribute of a class: a string literal after its annotation."""
    source = ast.parse(inspect.getsource(sys.modules[owner.__module__]))
    (body,) = (
        node.body
        for node in ast.walk(source)
        if isinstance(node, ast.ClassDef) and node.name == owner.__name__
    )
    return {
        before.target.id: after.value.value
        for before, after in pairwise(body)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


def text_below(owner: type, name: str) -> str:
    """Return the text below an attribute. Raises LookupError if there is none."""
    if name not in attribute_docs(owner):
        raise LookupError(f"{owner.__name__}.{name} has no text below it: a string literal")
    return attribute_docs(owner)[name]


# Settings


def settings_of(group: type[Table], above: str = "") -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Return every setting by its dotted key: its row."""
    for field in msgspec.structs.fields(group):
        key = above + field.name
        if isinstance(field.type, type) and issubclass(field.type, Table):
            yield from settings_of(field.type, f"{key}.")
        else:
            made = field.default_factory
            default = as_yaml(field.default if made is NODEFAULT else made())
            default = default if default == "required" else f"`{default}`"
            yield key, (f"`{key}`", default, text_below(group, field.name))


def as_yaml(value: Any) -> str:
    """Return a default as it is written in the settings."""
    if value is NODEFAULT:
        return "required"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def settings(wanted: str) -> str:
    """Return the table of settings, by keys or groups."""
    known = dict(settings_of(Settings))
    return table(("key", "default", "meaning"), [known[key] for key in keys_of(wanted)])


def keys_of(wanted: str) -> list[str]:
    """Return the dotted keys of settings and groups."""
    known = [key for key, _ in settings_of(Settings)]
    return [key for name in wanted.split() for key in known if f"{key}.".startswith(f"{name}.")]


# Commands


def commands() -> str:
    """Return the table of commands."""
    rows = [(f"[`newsgen {name}`](#newsgen-{name})", told) for name, (_, told) in COMMANDS.items()]
    return table(("command", "what it does"), rows)


def options(name: str = "") -> str:
    """Return the table of a command's options, or of those that every command has."""
    group = click.Context(cli)
    command = cli.get_command(group, name) if name else cli
    if command is None:
        raise LookupError(f"there is no command {name}")
    common = [*cli.get_params(click.Context(cli, **cli.context_settings))] if name else []
    without = {name for option in common for name in option.opts}
    context = click.Context(command, parent=group, **cli.context_settings)
    rows: list[tuple[str, ...]] = []
    for option in command.get_params(context):
        found = option.get_help_record(context)
        if found and isinstance(option, click.Option) and without.isdisjoint(option.opts):
            told = re.sub(r"  \[x>=\d+\]|; [\d<=x]+(?=\])", "", found[1])  # the limits of a number
            told = re.sub(r"\.?\s*\[(default: [^\]]*)\]", r" (\1)", told)
            rows.append((f"`{found[0]}`", re.sub(r"(?<![`\w-])--[a-z][a-z-]+", r"`\g<0>`", told)))
    return table(("option", "meaning"), rows)


def exit_codes() -> str:
    """Return the table of exit codes."""
    found = re.findall(r"^ +(\d+) +(.*?)$", EXIT_CODES, re.M)
    return table(("code", "meaning"), [(f"`{code}`", meaning) for code, meaning in found])


# Problems


def problems(group: str) -> str:
    """Return the table of a group of problems. Its columns are those in which its codes differ."""
    found = read_catalogue()[group]
    columns = {
        "code": [f"`{code}`" for code in found],
        "severity": [", ".join(one.severity) for one in found.values()],
        "exit code": [", ".join(map(str, one.exit)) for one in found.values()],
        "what it means": [one.meaning for one in found.values()],
        "what to do": [one.remedy for one in found.values()],
    }
    shown = {name: texts for name, texts in columns.items() if len({*texts}) > 1}
    return table((*shown,), [*zip(*shown.values(), strict=True)])


# Front matter


def fields(name: str) -> str:
    """Return the table of the fields that a class declares."""
    declared = getattr(json_schema, name)
    hints = get_type_hints(declared, include_extras=True)
    rows = [
        (f"`{one.encode_name}`", get_args(hints[one.name])[1].description)
        for one in msgspec.structs.fields(declared)
    ]
    return table(("field", "meaning"), rows)


# Templates


@cache
def template_types() -> dict[str, type]:
    """Return by name all types that a template can reach: views, and what their fields hold."""
    assert PLANNERS  # its module imports those of all views
    found, pending = {Article, Card, SiteInfo}, AnyView.__subclasses__()
    while pending:
        view = pending.pop()
        found.add(view)
        pending += view.__subclasses__()
    new: set[type] = {view for view in found if view.__name__ not in NO_TEMPLATE}
    types: dict[str, type] = {}
    while new:
        types |= {one.__name__: one for one in new}
        hints = (get_type_hints(one).items() for one in new)
        inner = {
            part
            for held in hints
            for name, kind in held
            if name[0] != "_"
            for part in structs(kind)
        }
        new = inner - set(types.values())
    return types


def structs(kind: Any) -> Iterator[type]:
    """Return the structs and cards that a type may contain."""
    if get_origin(kind) in (Union, UnionType, tuple, Annotated):
        for part in get_args(kind):
            yield from structs(part)
    elif isinstance(kind, type) and issubclass(kind, Struct | Card):
        yield kind


def template_type(name: str) -> str:
    """Return the description of a type, and the table of its members for templates."""
    owner = template_types()[name]
    rows: dict[str, str] = {}  # fields with the same meaning share a row
    for base in reversed(owner.__mro__):
        if base.__module__.startswith("newsgen"):
            above = template_types().get(base.__name__, owner)
            for shown, meaning in members(base):
                if above not in (owner, View):
                    meaning = f"As in [{base.__name__}](#{base.__name__.lower()})"
                rows[shown] = meaning
    shared: dict[str, list[str]] = {}
    for shown, meaning in rows.items():
        shared.setdefault(meaning, []).append(f"`{shown}`")
    told = meaning_of(owner)
    made = [(", ".join(names), meaning) for meaning, names in shared.items()]
    return f"{' '.join(told.split())}\n\n{table(('field', 'meaning'), made)}"


def members(owner: type) -> Iterator[tuple[str, str]]:
    """Return the attributes and methods that a class itself has, each with its meaning."""
    for name in inspect.get_annotations(owner):
        yield name, text_below(owner, name)
    for name, value in vars(owner).items():
        if name[0] == "_" or name in attribute_docs(owner):
            continue
        if isinstance(value, property):
            yield name, meaning_of(value)
        elif inspect.isfunction(value):
            taken = ", ".join([*inspect.signature(value).parameters][1:])
            yield f"{name}({taken})", meaning_of(value)


def meaning_of(value: Any) -> str:
    """Return the first paragraph of a docstring."""
    return (inspect.getdoc(value) or "").partition("\n\n")[0]


def filters() -> str:
    """Return the table of filters."""
    site = Settings(title="T", url="https://x.example")
    rows = []
    for name, made in make_filters(site, {}, ImageHtml(Media({}, b""), site, Path())).items():
        function = made.func if isinstance(made, partial) else made
        told = (
            "`image` under its earlier name"
            if name == "picture"
            else meaning_of(type(made).__call__ if isinstance(made, Structured) else function)
        )
        rows.append((f"`{name}`", told))
    return table(("filter", "meaning"), sorted(rows))


def templates(kind: str) -> str:
    """Return the table of the theme's blocks or macros, from their comments.

    Raises LookupError if one has no comment, or a comment is about none.
    """
    texts = {
        file.name: file.read_text("utf-8")
        for file in sorted((ROOT / "templates").iterdir())
        if file.is_file()
    }
    rows: list[tuple[str, ...]] = []
    for file, text in texts.items():
        told = re.findall(rf"\{{# {kind} (\w+(?:\(.*?\))?): (.*?) #\}}", text, re.S)
        made = re.findall(r"{% macro (.+?) %}", text) if kind == "macro" else blocks_of(file, texts)
        odd = {name for name, _ in told} ^ set(made)
        if odd:
            raise LookupError(f"{file}: {kind} without a comment, or a comment without one: {odd}")
        rows += [(f"`{name}`", f"`{file}`", meaning) for name, meaning in told]
    return table((kind, "where", "what it holds" if kind == "block" else "what it makes"), rows)


def blocks_of(file: str, texts: dict[str, str]) -> set[str]:
    """Return the blocks that a template defines and no template that it extends."""
    found = set(re.findall(r"{% block (\w+)", texts[file]))
    above = re.search(r'{% extends "([^"]+)" %}', texts[file])
    while above:
        found -= set(re.findall(r"{% block (\w+)", texts[above[1]]))
        above = re.search(r'{% extends "([^"]+)" %}', texts[above[1]])
    return found


# Pages

WRITERS: dict[str, Callable[..., str]] = {
    "settings": settings,
    "commands": commands,
    "options": options,
    "exit-codes": exit_codes,
    "problems": problems,
    "fields": fields,
    "type": template_type,
    "filters": filters,
    "blocks": partial(templates, "block"),
    "macros": partial(templates, "macro"),
}


# Tables with a mark for each of their parts.
PARTED = ("settings", "problems", "fields", "type")


def written(text: str) -> str:
    """Return a page with the text between its marks written from the current code."""

    def between(mark: re.Match[str]) -> str:
        made = WRITERS[mark[2]](*([mark[3]] if mark[3] else []))
        return f"{mark[1]}\n{made.strip()}\n\n<!-- end -->"

    return MARK.sub(between, text)


def unexplained(pages: Iterable[str]) -> list[str]:
    """Return the parts of the code that no page, or more than one, has a mark for."""
    told = [mark.groups()[1:] for page in pages for mark in MARK.finditer(page)]
    keys = [key for kind, wanted in told if kind == "settings" for key in keys_of(wanted)]
    expected = [("options", name) for name in COMMANDS if name != "completion"]  # it has none
    expected += [("type", name) for name in template_types()]
    expected += [("problems", group) for group in read_catalogue()]
    expected += [(kind, None) for kind in WRITERS if kind not in PARTED]
    lacking = [
        f"{kind} {wanted or ''}" for kind, wanted in expected if told.count((kind, wanted)) != 1
    ]
    return lacking + [f"setting {key}" for key, _ in settings_of(Settings) if keys.count(key) != 1]


def main() -> int:
    """Write the pages, or with --check name those that are out of date."""
    pages = {page: page.read_text("utf-8") for page in sorted((ROOT / "docs").rglob("*.md"))}
    new = {page: written(text) for page, text in pages.items()}
    stale = [page for page, text in pages.items() if new[page] != text]
    lacking = unexplained(pages.values())
    for one in lacking:
        print(f"{one}: docs/ has no mark for it, or several")
    for page in stale:
        print(page.relative_to(ROOT))
        if "--check" not in sys.argv:
            page.write_text(new[page], "utf-8")
    return 1 if lacking or (stale and "--check" in sys.argv) else 0


if __name__ == "__main__":
    sys.exit(main())
