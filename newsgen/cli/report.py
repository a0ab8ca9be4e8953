"""How commands speak: problems, summaries, JSON for machines."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from newsgen.messages import count
from newsgen.problems import Problem, UserError, as_mapping, locate, render

SHOWN = 20


def say(text: str) -> None:
    """A line for people, on standard error."""
    click.echo(text, err=True)


def print_problems(problems: Sequence[Problem], root: Path, verbosity: int) -> None:
    """The problems, errors first; the first twenty unless more is asked for. Quiet shows errors only."""
    ordered = sorted(problems, key=_rank)
    if verbosity < 0:
        ordered = [problem for problem in ordered if problem.severity == "error"]
    shown = ordered if verbosity > 0 else ordered[:SHOWN]
    for problem in sorted((locate(problem, root) for problem in shown), key=_rank):
        click.echo(coloured(problem, render(problem)), err=True)
    if len(shown) < len(ordered):
        say(f"... and {count(len(ordered) - len(shown), 'more problem')}; -v shows all")


def _rank(problem: Problem) -> tuple[bool, str, int, int]:
    return problem.severity != "error", problem.file, problem.line, problem.column


def coloured(problem: Problem, text: str) -> str:
    """The text of a problem with its first line in colour, on a terminal."""
    colour = {"error": "red", "warning": "yellow"}.get(problem.severity)
    if not colour or os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return text
    first, _, rest = text.partition("\n")
    return click.style(first, fg=colour) + (f"\n{rest}" if rest else "")


def print_json(result: Any, root: Path) -> None:
    """A result as one JSON document on standard output, its problems with their places."""
    value = msgspec.to_builtins(result)
    value["problems"] = [as_mapping(locate(problem, root)) for problem in result.problems]
    value["seconds"] = {stage: round(seconds, 4) for stage, seconds in result.seconds.items()}
    print_document(value)


def print_error_json(error: UserError) -> None:
    """What stopped the command as one JSON document on standard output."""
    print_document({"problems": [as_mapping(located(error))]})


def located(error: UserError) -> Problem:
    """The problem of an error, with its place in a file; its file is named from the working folder."""
    return error.problem if error.problem.source else locate(error.problem, Path())


def print_document(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))
