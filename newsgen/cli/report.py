"""The output of commands: problems, summaries, JSON."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import click
import msgspec

from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError, as_mapping, locate, locate_all, render

SHOWN = 20


# Characters that control a terminal or the text direction (except tabs and newlines), and
# surrogates.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text with control characters for terminals escaped, as in `\\x1b`.

    Hosts' answers, file names, articles and the output of git and rsync are untrusted, so
    everything printed goes through here.
    """
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def echo(text: str, err: bool = False, nl: bool = True) -> None:
    """Print text for people."""
    click.echo(printable(text), err=err, nl=nl)


def say(text: str) -> None:
    """Print a line for people on standard error."""
    echo(text, err=True)


def print_problems(problems: Sequence[Problem], root: Path, verbosity: int) -> None:
    """Print problems, errors first: the first twenty, or all if verbose.

    Quiet prints only errors.
    """
    ordered = sorted(problems, key=_rank)
    if verbosity < 0:
        ordered = [problem for problem in ordered if problem.severity == "error"]
    shown = ordered if verbosity > 0 else ordered[:SHOWN]
    for problem in sorted(locate_all(shown, root), key=_rank):
        print_problem(problem, err=True)
    if len(shown) < len(ordered):
        say(f"... and {count(len(ordered) - len(shown), 'more problem')}; -v shows all")


def _rank(problem: Problem) -> tuple[bool, str, int, int]:
    return problem.severity != "error", problem.file, problem.line, problem.column


def print_problem(problem: Problem, margin: str = "", err: bool = False) -> None:
    """Print a problem indented by a margin, its first line in colour on a terminal."""
    text = indent(printable(render(problem)), margin)
    colour = {"error": "red", "warning": "yellow"}.get(problem.severity)
    if colour and not os.environ.get("NO_COLOR") and sys.stderr.isatty():
        first, _, rest = text.partition("\n")
        text = click.style(first, fg=colour) + (f"\n{rest}" if rest else "")
    click.echo(text, err=err)


def print_json(result: Any, root: Path) -> None:
    """Print a result as one JSON document on standard output, with located problems."""
    value = msgspec.to_builtins(result)
    value["problems"] = list(map(as_mapping, locate_all(result.problems, root)))
    value["seconds"] = {stage: round(seconds, 4) for stage, seconds in result.seconds.items()}
    print_document(value)


def print_error_json(error: UserError) -> None:
    """Print the error that stopped the command as one JSON document on standard output."""
    print_document({"problems": [as_mapping(located(error))]})


def located(error: UserError) -> Problem:
    """Return an error's problem with its line and column.

    Its file is relative to the working folder.
    """
    return error.problem if error.problem.source else locate(error.problem, Path())


def print_document(value: Any) -> None:
    """Print a value as one JSON document on standard output."""
    echo_json(msgspec.json.format(msgspec.json.encode(value), indent=2))


def echo_json(document: bytes, err: bool = False) -> None:
    """Print JSON. Control characters occur only in strings, and are escaped there."""
    click.echo(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", document.decode()), err=err)
