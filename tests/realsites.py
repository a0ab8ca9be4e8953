"""Real sites built by the real command: the demo, and the corpora of ../shared/corpus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
import yaml

from links import WrittenSite
from support import CORPUS, ROOT, newsgen

CLOCK = "2026-01-31T12:00:00Z"
ARTICLES = {"powerapps": 428, "diablo4": 883}
# All tests of one site run in the same process, so that it is built only once.
CORPORA = [
    pytest.param(name, marks=[pytest.mark.corpus, pytest.mark.xdist_group(name)])
    for name in ARTICLES
]
SITES = [pytest.param("demo", marks=pytest.mark.xdist_group("demo")), *CORPORA]


class Built(NamedTuple):
    """A site built by the real command, with the command's output."""

    content: Path
    output: Path
    cache: Path
    said: str
    document: dict[str, Any]

    def articles(self) -> dict[str, dict[str, Any]]:
        """The front matter of each visible article by file stem, read by PyYAML alone."""
        out = {}
        for file in sorted(self.content.rglob("*.md")):
            front = yaml.load(
                file.read_text("utf-8-sig").split("\n---")[0].removeprefix("---"),
                Loader=yaml.CBaseLoader,
            )
            if front.get("published", "true") != "false" and front.get("removed") != "true":
                out[file.stem] = front
        return out

    def reached(self, route: str) -> set[str]:
        """Return the stems of the articles that a list links to, on all its pages."""
        site = WrittenSite(self.output, "https://wire.example")
        files = [
            self.output / route / "index.html",
            *(self.output / route / "page").glob("*/index.html"),
        ]
        found = set()
        for file in files:
            for link in site.parsed(file.relative_to(self.output).as_posix()).xpath(
                "//main//a/@href"
            ):
                part = re.fullmatch(r"/news/([^/]+)/", unquote(link))
                if part:
                    found.add(part[1])
        return found

    def file(self, address: str) -> Path:
        """Return the file of a page by its path on the site."""
        return self.output / (address[1:] + "index.html" if address.endswith("/") else address[1:])

    def every_kind(self) -> list[str]:
        """Return the paths of pages, one of each kind: by route, by template and by content."""
        found: dict[tuple[str, ...], str] = {}
        for file in sorted(self.output.rglob("*.html")):
            path = "/" + file.relative_to(self.output).as_posix().removesuffix("index.html")
            text = file.read_text("utf-8")
            body = re.search(r'<body class="(\w+)', text)
            parts = [part for part in _PARTS if part in text] if body and body[1] == "story" else []
            route = re.sub(r"(?<=/)\d+(?=/)", "*", path)
            route = re.sub(r"(?<=\w/)[^/]+/$", "*/", route)
            found.setdefault((body[1] if body else "", *parts, route), path)
        return list(found.values())

    def every_kind_that_stays(self) -> list[str]:
        """Return the pages of `every_kind` without those that redirect the browser immediately."""
        return [
            page
            for page in self.every_kind()
            if 'http-equiv="refresh"' not in self.file(page).read_text("utf-8")
        ]


_PARTS = (
    'class="body"',
    "<figure",
    "data-player",
    'class="related"',
    'class="corrections"',
    'dir="rtl"',
    "<table",
    "<pre",
)


def build(name: str, folder: Path, *options: str) -> Built:
    """Build a corpus, or the demo site ("demo"), with the real command, writing only below
    `folder`."""
    root = ROOT if name == "demo" else CORPUS / name
    content = root / ("content" if name == "demo" else "_news")
    places = [
        "--output",
        folder / "site",
        "--cache",
        folder / "cache",
        "--set",
        f"content={content.name}",
    ]
    if name != "demo":
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "newsgen.yaml").write_text("title: The Corpus Wire\nurl: https://wire.example\n")
        places += ["--config", folder / "newsgen.yaml"]
    done = newsgen(
        "--root",
        root,
        "build",
        "--as-of",
        CLOCK,
        "--jobs",
        "2",
        "--json",
        "-v",
        *places,
        *options,
        cwd=folder.parent,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return Built(
        content,
        folder / "site",
        folder / "cache",
        done.stdout + done.stderr,
        json.loads(done.stdout),
    )


class Builds(dict[str, Built]):
    """Sites, each built when first requested."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        super().__init__()
        self._factory = factory

    def __missing__(self, name: str) -> Built:
        self[name] = build(name, self._factory.mktemp(name))
        return self[name]
