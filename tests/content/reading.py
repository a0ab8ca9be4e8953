"""Helpers for tests of reading: small documents, read as the loader reads them or by the exact
parser alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen.content.body.convert import render_body
from newsgen.content.loader import Options, load_article
from newsgen.content.plain_values import typed_extra
from newsgen.content.schema import read_article
from newsgen.core import frontmatter
from newsgen.core.model import Article
from newsgen.core.problems import Problem, locate
from newsgen.core.secret import redact
from support import CORPUS

OPTIONS = Options("UTC", "markdown", ("extra", "sane_lists", "smarty"))
REQUIRED = "title: T\npublishedDateTime: 2021-11-19T13:11:09Z\n"
ONLY_EXACT = {
    "colon-in-scalar",
    "duplicate-key",
    "secured-in-body",
    "cut-value",
}  # problems that the fast parser or any parser cannot find


class Loaded(NamedTuple):
    """An Article, None if it was left out, and the problems."""

    article: Article | None
    problems: list[Problem]


def load_bytes(data: bytes, options: Options = OPTIONS) -> Loaded:
    """Read these bytes as a content file's."""
    return Loaded(*load_article(data, options))


def document(front: str, body: str = "") -> bytes:
    return f"---\n{front.rstrip(chr(10))}\n---\n{body}".encode()


def load(front: str, body: str = "") -> Loaded:
    """Read a document with this front matter as a content file."""
    return load_bytes(document(front, body))


def read(front: str, body: str = "") -> Article:
    """Return the Article of this front matter; title and date may be left out."""
    article = load(REQUIRED + front, body).article
    assert article is not None
    return article


def problems(front: str) -> list[tuple[str, str, str]]:
    """Return severity, code and field path of each problem of front matter with title and date."""
    return [(p.severity, p.code, p.field) for p in load(REQUIRED + front).problems]


def load_exactly(data: bytes) -> Loaded:
    """Read a document by the exact parser alone. Raises FrontMatterError."""
    parts = frontmatter.split(redact(frontmatter.decode(data).text).text)
    assert parts is not None
    body = render_body(parts.body, OPTIONS.engine, OPTIONS.extensions)
    exact = frontmatter.parse_exact(parts.front)
    article, found = read_article(exact.value, body, OPTIONS.zone)
    if article:
        article = structs.replace(article, extra=typed_extra(article.extra, exact.typed()))
    return Loaded(article, found)


def placed(folder: Path, data: bytes) -> list[Problem]:
    """Return the problems of these bytes with their places, as they are shown."""
    (folder / "a.md").write_bytes(data)
    return [
        locate(structs.replace(problem, file="a.md"), folder)
        for problem in load_bytes(data).problems
    ]


def corpus() -> list[Path]:
    """Return all real articles."""
    return [
        path
        for folder in ("diablo4/_news", "powerapps/_news", "dirt")
        for path in sorted((CORPUS / folder).rglob("*.md"))
    ]
