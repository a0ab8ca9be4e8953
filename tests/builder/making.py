"""Documents and sites for tests, made by the real reader and the real builder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from newsgen.builder.site_builder import Built, build_site
from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.data import Data
from newsgen.content.derive import meta_of, title_key
from newsgen.content.loader import Options, load_article
from newsgen.core.model import ArticleMeta, Document
from newsgen.core.problems import Problem
from newsgen.core.site import Site
from newsgen.pages.base import PlanContext
from newsgen.pages.plan import Plan, plan_in_parts

AS_OF = datetime(2026, 1, 31, 12, tzinfo=UTC)
_READING = Options("UTC", "markdown", ())


def doc(path: str = "a.md", /, **fields: Any) -> Document:
    """Return a document, with default title, date, topic and source. A field of None is left
    out.
    """
    name = path.rpartition("/")[2].rpartition(".")[0]
    values = {
        "title": f"Story {path}",
        "publishedDateTime": "2026-01-30T08:00:00Z",
        "webUrl": f"https://paper.example/{name}",
    }
    values |= {"provider": {"name": "Paper"}, "topics": ["AI"], **fields}
    front = yaml.safe_dump(
        {key: value for key, value in values.items() if value is not None}, allow_unicode=True
    )
    article = load_article(f"---\n{front}---\n".encode(), _READING)[0]
    assert article is not None, front
    return Document(path, title_key(article.title), meta_of(article))


def entry(**fields: Any) -> ArticleMeta:
    return doc(**fields).meta


def settings(**values: Any) -> Settings:
    """Return settings with title and url; dotted groups are dictionaries."""
    return msgspec.convert(
        {"title": "The Test Wire", "url": "https://wire.example", **values}, Settings
    )


def built(
    documents: Sequence[Document],
    data: Data | None = None,
    clock: Clock | None = None,
    **values: Any,
) -> Built:
    """Return the site of these documents, and the problems."""
    return build_site(documents, [], data or Data(), settings(**values), clock or Clock(AS_OF))


def site(
    documents: Sequence[Document],
    data: Data | None = None,
    clock: Clock | None = None,
    **values: Any,
) -> Site:
    return built(documents, data, clock, **values).site


def planning(documents: Sequence[Document], data: Data | None = None, **values: Any) -> PlanContext:
    """Return the planners' input for the site of these documents."""
    return plan_of(site(documents, data, **values), **values)


def plan_of(made: Site, **values: Any) -> PlanContext:
    """Return the planners' input for this site."""
    return PlanContext(made, settings(**values), frozenset(), AS_OF, {}, {}, {})


def paths(of: Site, members: Sequence[int] | None = None) -> list[str]:
    """Return the files of these stories, or of all."""
    return [
        of.stories[i].document.path
        for i in (range(len(of.stories)) if members is None else members)
    ]


def groups(of: Site, kind: str) -> dict[str, list[str]]:
    """Return the groups of a kind (`topics`, `sources` ...): shown name to files."""
    return {group.label.name: paths(of, group.members) for group in getattr(of, kind)}


def make_plan(planning: PlanContext, problems: Sequence[Problem] = ()) -> Plan:
    """The whole plan."""
    plan, parts = plan_in_parts(planning, problems)
    return plan.with_parts([part.make() for part in parts])
