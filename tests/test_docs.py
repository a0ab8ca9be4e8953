"""The docs name exactly what exists, and their links and examples work.

That covers settings, commands, options, problem codes, view fields, filters and front-matter
fields.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import get_args

import click
import pytest
import write_reference as reference
import yaml

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import prepare
from newsgen.cli.main import COMMANDS, cli
from newsgen.config.settings import Kind, Settings, load_config
from newsgen.content.clock import Clock
from newsgen.content.field_reader import DROPPED
from newsgen.content.json_schema import Article as Declared
from newsgen.content.json_schema import Image, Page
from newsgen.content.repair import REPAIRS
from newsgen.core.engine import INLINE
from newsgen.core.progress import quiet
from newsgen.importers.parity import Reason
from newsgen.store.fingerprint import theme_folder
from newsgen.store.open_cache import use_cache
from photos import plain
from support import AS_OF, ROOT, SmallSite

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGE = sorted((ROOT / "newsgen").rglob("*.py"))
# Words with a hyphen in the package that are not problem codes.
NOT_CODES = (
    {
        "us-east-1",
        "cover-img",
        "thumbnail-img",
        "sans-serif",
        "word-char",
        "latin-ext",
        "size-adjust",
        "ascent-override",
        "descent-override",
        "line-gap-override",
        "left-double-quote",
        "right-double-quote",
        "http-equiv",
        "data-src",
        "data-lazy-src",
        "content-type",
        "content-location",
        "exif-data",
        "icc-profile-data",
        "b-w",
        "aria-label",
        "admonition-title",
        "alert-title",
        "data-escaped-char",
        "data-player",
        "markdown-alert-title",
        "text-align",
        "media-src",
        "form-action",
        "next-due",
        "yaml-frontmatter",
    }
    | {
        "utf-8",
        "utf-8-sig",
        "utf-16-be",
        "strict-origin-when-cross-origin",
        "frame-src",
        "latin-1",
        "windows-1252",
    }
    | {
        "ls-remote",
        "rev-parse",
        "read-tree",
        "ls-files",
        "cat-file",
        "update-index",
        "hash-object",
        "write-tree",
        "commit-tree",
    }  # git's
    | {"no-cache", "no-store"}
    | {*get_args(Reason), "no-html", "unsafe-link", "no-image-address", "left-out"}  # of imports
    | {"auto-draft", "0000-00-00"}  # WordPress'
    | {
        "footnote" + end
        for end in ("-ref", "-backref", "-definition", "-definition-label", "-reference")
    }
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """Return the text below a heading, up to the next heading of the same or a higher level."""
    level, _, words = heading.partition(" ")
    found = re.search(
        rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.M | re.S
    )
    assert found, f"there is no heading {words}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the rows of the tables in a text, without their headers."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def names(text: str) -> list[str]:
    """Return the code spans in the first column of the tables in a text."""
    return [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


# What the code says


def test_the_reference_is_what_the_code_says() -> None:
    """The tables of settings, options, exit codes, problems, fields, blocks, macros, filters and
    types are as `scripts/write_reference.py` writes them, and none is missing."""
    pages = {file: file.read_text("utf-8") for file in (ROOT / "docs").rglob("*.md")}
    stale = [str(file) for file, text in pages.items() if reference.written(text) != text]
    assert stale == [], "run scripts/write_reference.py"
    assert reference.unexplained(pages.values()) == []


def test_every_kind_of_page_is_documented() -> None:
    """The table of routes names all values of `without`."""
    told = rows(section(text_of("docs/urls.md"), "## Routes"))
    assert {row[2].strip("`") for row in told} - {""} == set(get_args(Kind))


# Commands


def options_of(command: click.Command) -> set[str]:
    return {
        name for param in command.params if isinstance(param, click.Option) for name in param.opts
    }


@pytest.mark.parametrize("file", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples_name_commands_and_options_that_exist(file: Path) -> None:
    """Each `newsgen ...` line in a code block uses existing commands, options and settings."""
    group = click.Context(cli)
    known = dict(reference.settings_of(Settings))
    for block in re.findall(r"^```\w*\n(.*?)^```", file.read_text("utf-8"), re.M | re.S):
        for line in re.findall(r"^(?:\$ )?(?:\S*/)?newsgen (.*)", block, re.M):
            words = line.partition("#")[0].split()
            called = [word for word in words if word in COMMANDS]
            command = cli.get_command(group, called[0]) if called else cli
            assert command
            allowed = options_of(cli) | options_of(command) | {"-h", "--help"}
            assert {word.partition("=")[0] for word in words if word.startswith("-")} <= allowed, (
                line
            )
            assert {
                word.partition("=")[0] for before, word in pairwise(words) if before == "--set"
            } <= known.keys(), line


# Problems


def codes_of_package() -> set[str]:
    """Return all problem codes in the package.

    These are the arguments of parameters named `code`, those of `note`, and strings with a hyphen.
    """
    trees = [ast.parse(path.read_text("utf-8")) for path in PACKAGE]
    takers: dict[str, list[int]] = {"note": [0, 1], "note_repair": [0]}
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                parameters = [argument.arg for argument in node.args.args if argument.arg != "self"]
                if "code" in parameters:
                    owner = "FrontMatterError" if node.name == "__init__" else node.name
                    takers.setdefault(owner, []).append(parameters.index("code"))
                    for parameter, default in zip(
                        reversed(parameters), reversed(node.args.defaults), strict=False
                    ):
                        if parameter == "code" and isinstance(default, ast.Constant):
                            found.add(default.value)
            elif isinstance(node, ast.ClassDef):
                fields = [
                    item.target.id
                    for item in node.body
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
                ]
                if "code" in fields:
                    takers.setdefault(node.name, []).append(fields.index("code"))
    for tree in trees:
        docstrings = {
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = (
                    node.func.id
                    if isinstance(node.func, ast.Name)
                    else node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else ""
                )
                given = [
                    node.args[place] for place in takers.get(name, []) if place < len(node.args)
                ]
                given += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                found.update(
                    item.value
                    for item in given
                    if isinstance(item, ast.Constant) and isinstance(item.value, str)
                )
            elif (
                isinstance(node, ast.Constant)
                and node not in docstrings
                and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", str(node.value))
            ):
                found.add(node.value)
    return found - NOT_CODES - {"error", "warning", "repair"}


def test_every_problem_code_is_documented() -> None:
    """The catalogue, and so docs/problems.md, has each code that the package can report, once, and
    no other codes. It has nothing to add to a repair that does not exist."""
    told = names(text_of("docs/problems.md"))
    assert len(told) == len(set(told))
    assert set(told) == codes_of_package()
    file = ROOT / "newsgen/check/problem_catalogue.yaml"
    assert yaml.safe_load(file.read_text("utf-8"))["repairs"].keys() <= REPAIRS.keys()


def test_every_repair_in_the_code_has_words() -> None:
    """REPAIRS in `content/repair.py` has a message for each repair code in the modules that read
    content, and no others."""
    found: set[str] = set()
    files = [*(ROOT / "newsgen/content").rglob("*.py"), ROOT / "newsgen/build/read.py"]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ("note", "Problem"):
                words = [
                    argument.value
                    for argument in ast.walk(node)
                    if isinstance(argument, ast.Constant)
                ]
                if (
                    words
                    and (name == "note" or "" in words)  # other problems have their own message
                    and isinstance(node.args[0], ast.Constant | ast.IfExp)
                    and (words[0] == "repair" or (name == "note" and len(node.args) == 1))
                ):
                    found.update(
                        word
                        for word in words
                        if isinstance(word, str) and re.fullmatch("[a-z]+(-[a-z]+)*", word)
                    )
    assert found - DROPPED.keys() - {"repair"} == REPAIRS.keys()


# Templates


def test_every_template_is_documented(tmp_path: Path) -> None:
    """The table of routes lists each template that makes pages, with its view.

    The theme's others are named in docs/templates.md.
    """
    text = section(text_of("docs/templates.md"), "## Which template gets what")
    table = rows(section(text_of("docs/urls.md"), "## Routes"))
    told = {row[3].strip("`"): row[4] for row in table if row[3]}
    site = SmallSite(
        tmp_path / "site",
        per_page=1,
        theme={"accent": "#115577"},
        taxonomies={"series": {}},
        humans="Ann",
    )
    site.every_kind()
    config = load_config(site.root)
    clock = Clock(AS_OF)
    prepared = use_cache(
        config.paths.cache,
        lambda cache, _: prepare(
            config, clock, scan_inputs(config, clock), cache, INLINE, Stopwatch(), quiet
        ),
    )
    made = {page.template: page.kind for page in prepared.views.plan.pages if page.template}
    assert told == made | {
        "sitemap-index.xml": "SitemapIndexView",  # only for more pages than a test has
        "vercel.json": "VercelView",  # only for one host
    }
    themes = {file.name for file in theme_folder("templates").iterdir() if file.is_file()}
    assert made.keys() <= themes
    for part in themes - told.keys():
        assert f"`{part}`" in text.replace("\n", " "), part


def test_the_macros_of_another_theme_have_the_same_arguments() -> None:
    """A macro that a theme replaces is called as the default theme's is."""
    table = rows(section(text_of("docs/templates.md"), "## Macros"))
    told = {(row[1].strip("`"), row[0].strip("`")) for row in table}
    replaced = {template for template, _ in told}
    for file in (ROOT / "themes").glob("*/templates/*.html"):
        macros = re.findall(r"{% macro (.+?) %}", file.read_text("utf-8"))
        if file.name in replaced:
            assert {(file.name, macro) for macro in macros} <= told


# Articles


def test_every_front_matter_field_is_documented() -> None:
    """docs/articles.md has a row for each field read from articles and data files, and no other
    rows."""
    readers = {"get", "text", "texts", "url", "integer", "boolean", "time", "items", "names"}
    readers |= {"first"}  # of the images of data files
    read: set[str] = set()
    for file in (ROOT / "newsgen/content").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in readers:
                words = [
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                ]
                read.update(filter(str.isidentifier, words))
    read.update(
        name for struct in (Declared, Page, Image) for name in struct.__struct_encode_fields__
    )
    assert set(names(text_of("docs/articles.md"))) == read
    assert "secured" not in read


# Addresses


def test_every_route_is_documented(tmp_path: Path) -> None:
    """Each page of a complete site has a route from docs/urls.md.

    Each documented route is used, except those of older pages.
    """
    site = SmallSite(
        tmp_path / "site",
        per_page=1,
        archive={"per_page": 1},
        gone_status=410,
        theme={"accent": "#115577"},
        taxonomies={"series": {}},
        humans="Ann",
        ads=["OWNERDOMAIN=wire.example"],
        security={"contact": ["mailto:a@wire.example"], "expires": "2026-12-31"},
    )
    site.every_kind()
    for name in ("five", "six"):
        site.article(f"blog/{name}")
    site.write("content/blog/_index.md", "---\ntitle: Blog\n---\nText.\n")
    site.write("content/a.png", plain((200, 30, 30)))
    site.article("pictured", images=["a.png"])
    site.build()
    theme = {
        path.relative_to(theme_folder("static")).as_posix()
        for path in theme_folder("static").rglob("*")
    }
    pages = [
        path
        for path in site.tree()
        if re.sub(r"\.[0-9a-f]{10}(?=\.(?:css|js)$)", "", path) not in theme
    ]
    routes = {"/" + path.removesuffix("index.html") for path in pages}
    told = names(section(text_of("docs/urls.md"), "## Routes"))
    words = {
        "n": r"\d+",
        "year": r"\d{4}",
        "month": r"\d\d",
        "day": r"\d\d",
        "category": "news",
        "stem": "(?!page/)[^/]+",
        "slug": "[^/]+",
        "shard": r"\d{4}",
    }
    words |= {
        "page": "about",
        "taxonomy": "series",
        "folder": "blog",
        "alias": "old/three",
        "digest": "[0-9a-f]+",
        "width": r"\d+",
        "format": "(?:avif|webp|jpg)",
    }
    patterns = {
        route: re.compile(
            "".join(
                words[part[1:-1]] if part.startswith("{") else re.escape(part)
                for part in re.split(r"({\w+})", route)
            )
        )
        for route in told
        # only for more pages than a test has, or for one host
        if route not in ("/sitemaps/{n}.xml", "/vercel.json")
    }
    assert [
        route
        for route in routes
        if not any(pattern.fullmatch(route) for pattern in patterns.values())
    ] == []
    assert [
        route for route, pattern in patterns.items() if not any(map(pattern.fullmatch, routes))
    ] == []


# Dependencies


def test_every_dependency_is_documented() -> None:
    """docs/dependencies.md has a row for each package in pyproject.toml and the checkers'
    package.json, and no others."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    text = text_of("docs/dependencies.md")

    def packages(wanted: list[str]) -> list[str]:
        return [re.split(r"[<>=~ ]", one)[0] for one in wanted]

    assert names(section(text, "## To run")) == sorted(packages(project["dependencies"]))
    assert names(section(text, "## To work on it")) == sorted(
        packages(project["optional-dependencies"]["dev"]), key=str.lower
    )
    checkers = json.loads(text_of("tests/conformance/package.json"))["devDependencies"]
    assert names(section(text, "## To check what is written")) == sorted(checkers)


# The docs themselves


@pytest.mark.parametrize("file", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_the_docs_lead_somewhere(file: Path) -> None:
    """Each link in the docs to a project file leads to that file, and each fragment to a
    heading."""
    text = re.sub(r"```.*?```", "", file.read_text("utf-8"), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, fragment = link.partition("#")
        if path.startswith(("http://", "https://", "mailto:")):
            continue
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), link
        if fragment:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
            anchors = {
                re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings
            }
            assert fragment in anchors, link
