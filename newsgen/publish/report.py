"""Reports of nightly runs, as JSON and as HTML pages. The most recent ones are kept."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

import msgspec
from msgspec import Struct

from newsgen.build.inputs import TemplateTiming
from newsgen.config.settings import Config
from newsgen.core.messages import count
from newsgen.core.problems import Problem, as_mapping, render
from newsgen.publish.diff import Difference, lines, summary
from newsgen.publish.editions import Store
from newsgen.publish.targets.target import Sent

FOLDER = "reports"
_SHOWN = 200
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color-scheme: light dark }}
table {{ border-collapse: collapse }}
td, th {{ text-align: start; padding: .1rem 1.5rem .1rem 0; vertical-align: top }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
</style>
<h1>{title}</h1>
{body}
"""


class NightlyRun(Struct, frozen=True):
    """The result of a nightly run.

    `outcome` is `published`, `unchanged`, `held`, `stopped` (by a guard) or `failed`. `exit` is the
    command's exit code, `seconds` the time of each stage, and `size` the bytes of the live edition.
    `due` is when time alone next changes the site, and `left_out` are the articles that guards kept
    out.
    """

    started: datetime
    ended: datetime
    outcome: str
    exit: int
    edition: str
    articles: int
    pages: int
    rendered: int
    size: int
    seconds: dict[str, float]
    difference: Difference | None
    sent: tuple[Sent, ...]
    slow: tuple[TemplateTiming, ...]
    due: datetime | None
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()


def numbers(store: Store) -> list[int]:
    """Return the numbers of the kept reports, oldest first."""
    try:
        names = os.listdir(store.folder / FOLDER)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(
        int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit()
    )


def write_report(night: NightlyRun, config: Config) -> None:
    """Write the report of a nightly run and remove the oldest reports.

    Reports are numbered, because clocks may go back. Raises UserError (exit code 3).
    """
    store = Store(config.paths.editions)
    kept = numbers(store)
    name = f"{FOLDER}/{(kept[-1] if kept else 0) + 1:06}"
    store.replace(f"{name}.html", page(night, config.settings.title).encode("utf-8", "replace"))
    store.replace(
        f"{name}.json", msgspec.json.format(msgspec.json.encode(document(night)), indent=2)
    )
    for old in kept[: len(kept) + 1 - config.settings.nightly.reports]:
        for suffix in ("json", "html"):
            (store.folder / FOLDER / f"{old:06}.{suffix}").unlink(missing_ok=True)


class Ended(Struct, frozen=True):
    """How a nightly run ended."""

    ended: datetime
    outcome: str
    exit: int


def document(night: NightlyRun) -> dict[str, Any]:
    """Return the report as a value to encode as JSON."""
    return dict(msgspec.to_builtins(night), problems=list(map(as_mapping, night.problems)))


def last_report(store: Store) -> Ended | None:
    """Return how the last nightly run ended, or None if no report can be read."""
    kept = numbers(store)
    try:
        return (
            msgspec.json.decode(
                (store.folder / FOLDER / f"{kept[-1]:06}.json").read_bytes(), type=Ended
            )
            if kept
            else None
        )
    except (OSError, msgspec.MsgspecError):
        return None


def page(night: NightlyRun, title: str) -> str:
    """Return the report as an HTML page."""
    facts = [
        ("outcome", f"{night.outcome} (exit code {night.exit})"),
        (
            "began",
            (
                f"{night.started:%Y-%m-%d %H:%M:%S} UTC, "
                f"{(night.ended - night.started).total_seconds():.0f} s"
            ),
        ),
        ("live edition", night.edition or "none"),
        (
            "site",
            (
                f"{count(night.articles, 'article')}, {count(night.pages, 'page')}, "
                f"{night.rendered:,} rendered, {night.size / 1e6:,.1f} MB"
            ),
        ),
        (
            "next change without an edit",
            f"{night.due:%Y-%m-%d %H:%M:%S} UTC" if night.due else "none",
        ),
        *([("left out by guards", ", ".join(night.left_out))] if night.left_out else []),
        *(
            (f"sent to {one.target}", f"{count(one.files, 'file')}, {one.removed:,} removed")
            for one in night.sent
        ),
    ]
    slow = [
        (one.template, f"{count(one.pages, 'page')}, {one.seconds:.2f} s, slowest {one.slowest}")
        for one in night.slow
    ]
    body = [_table("", facts)]
    if night.difference:
        body += [
            f"<h2>Changes</h2><p>{escape(summary(night.difference))}</p>",
            _listed(lines(night.difference, _SHOWN)),
        ]
    if night.problems:
        more = (
            [f"... and {len(night.problems) - _SHOWN:,} more"]
            if len(night.problems) > _SHOWN
            else []
        )
        body += [
            f"<h2>{count(len(night.problems), 'problem')}</h2>",
            _listed([*map(render, night.problems[:_SHOWN]), *more]),
        ]
    body += [
        _table("Time", [(stage, f"{seconds:.2f} s") for stage, seconds in night.seconds.items()]),
        _table("Slowest pages", slow),
    ]
    return _PAGE.format(
        title=escape(f"{title}: nightly run of {night.started:%Y-%m-%d}"), body="\n".join(body)
    )


def _table(heading: str, rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}<td>{escape(value)}' for name, value in rows
    )
    return (f"<h2>{heading}</h2>" if heading else "") + f"<table>{cells}</table>" if cells else ""


def _listed(texts: Iterable[str]) -> str:
    return "<pre>" + escape("\n".join(texts)) + "</pre>"
