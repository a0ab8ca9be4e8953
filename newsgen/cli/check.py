"""The commands `check` and `explain`."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from newsgen.cli.options import (
    Choice,
    Common,
    clock_options,
    jobs_option,
    json_option,
    make_clock,
    output_option,
    with_common,
    with_content,
)
from newsgen.cli.output import Bar, echo, print_document, print_problem, say
from newsgen.config.bucket import refuse_bucket
from newsgen.config.settings import load_config
from newsgen.core.messages import count
from newsgen.core.problems import STOPPING, Problem, any_died, as_mapping, locate_all

_EXAMPLES = """\b
Examples:
  newsgen check                           list all problems by kind
  newsgen check --strict --format github  annotate a GitHub Actions run
  newsgen check --fix --dry-run           show what --fix would change
  newsgen check --fix                     write repairs to content files
  newsgen check --links                   check the built site's links too
  newsgen check --external                check links to other sites too"""
_SHOWN = 5
_LEVELS = {"error": "error", "warning": "warning", "repair": "notice"}


@click.command(epilog=_EXAMPLES)
@output_option("The built site for --links.")
@clock_options
@click.option(
    "--links",
    is_flag=True,
    help=(
        "Also read every file of the built site. Report broken links to the site in its "
        "links, images, style sheets, feeds, sitemaps, redirects and structured data, "
        "fragments included."
    ),
)
@click.option(
    "--external",
    is_flag=True,
    help=(
        "Also check whether the pages that articles link to still exist: each story's "
        "source and the links in bodies."
    ),
)
@click.option("--fix", is_flag=True, help="First write the repairs back into the content files.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="With --fix: write and check nothing. Show what would change as a diff.",
)
@click.option(
    "--strict",
    is_flag=True,
    help=(
        "End with 1 if there are errors or warnings, except those in the setting "
        "check.allow. Repairs never count."
    ),
)
@jobs_option
@click.option(
    "--format",
    "form",
    type=Choice(["text", "github"]),
    default="text",
    help="github: errors and warnings as annotations for GitHub Actions.",
)
@json_option("Print the findings as one JSON document.")
@with_common
def check_command(common: Common, **options: Any) -> int:
    """Find problems in the site, and list what newsgen repairs by itself.

    Only two options write files: --fix changes content files, --external stores hosts' answers in
    the cache."""
    from newsgen.core.engine import default_jobs

    if options["dry_run"] and not options["fix"]:
        raise click.UsageError("--dry-run needs --fix")
    config = load_config(common.root, common.config, common.sets, options["output"], common.cache)
    clock = make_clock(config, options["drafts"], options["future"], options["as_of"])
    jobs = options["jobs"] or default_jobs()
    told: dict[str, Any] = {}
    problems: list[Problem] = []
    with Bar(common.verbosity >= 0 and not options["as_json"]) as bar:
        if options["fix"]:
            from newsgen.check.fixing import fix_content

            refuse_bucket(config.settings.bucket)
            fixing = fix_content(config, jobs, options["dry_run"], bar.show)
            problems += fixing.problems
            told["fixed"] = [
                {"file": one.file, "values": one.values, "diff": one.diff} for one in fixing.files
            ]
        if not options["dry_run"]:
            config = with_content(config, False)
            from newsgen.check.site_check import CheckOptions, check_site

            checked = check_site(
                config, CheckOptions(clock, jobs, options["links"], options["external"]), bar.show
            )
            problems += checked.problems
            told |= {"articles": checked.articles, "pages": checked.pages, "asked": checked.asked}
            told["rare_keys"] = checked.rare
    problems.sort(
        key=lambda problem: (list(_LEVELS).index(problem.severity), problem.code, problem.file)
    )
    root = config.paths.root
    if options["as_json"]:
        print_document(
            told
            | {
                "counts": Counter(p.code for p in problems),
                "problems": list(map(as_mapping, locate_all(problems, root))),
            }
        )
    elif options["form"] == "github":
        _annotate(problems, root)
    else:
        _report(problems, told, options["dry_run"], root, common.verbosity)
    if any(problem.code in STOPPING for problem in problems):
        return 3
    counted = [
        p for p in problems if p.severity != "repair" and p.code not in config.settings.check.allow
    ]
    return 1 if any_died(problems) or (options["strict"] and counted) else 0


def _report(
    problems: Sequence[Problem], told: dict[str, Any], dry_run: bool, root: Path, verbosity: int
) -> None:
    """Print the problems by kind with their counts: the first few of each kind, or all if
    verbose."""
    for one in told.get("fixed", ()) if dry_run else ():
        echo(one["diff"], nl=False)
    for (severity, code), group in groupby(
        problems, key=lambda problem: (problem.severity, problem.code)
    ):
        found = list(group)
        if (verbosity < 0 and severity != "error") or (code == "alias" and verbosity < 1):
            continue
        echo(f"{code}: {count(len(found), severity)}")
        shown = found if verbosity > 0 else found[:_SHOWN]
        for problem in locate_all(shown, root):
            print_problem(problem, "  ")
        if len(shown) < len(found):
            echo(f"  ... and {len(found) - len(shown):,} more; -v shows all")
    aliases = Counter(p.field.removeprefix("$.") for p in problems if p.code == "alias")
    if verbosity >= 0 and aliases:
        say(f"read by alias: {', '.join(f'{name} {n:,}' for name, n in aliases.most_common())}")
    if verbosity >= 0 and (rare := told.get("rare_keys")):
        names = ", ".join(f"{name} {n:,}" for name, n in rare.items())
        say(f"keys that under 1 % of articles use: {names}")
    if verbosity >= 0:
        say(_summary(problems, told, dry_run))


def _summary(problems: Sequence[Problem], told: dict[str, Any], dry_run: bool) -> str:
    fixed = told.get("fixed")
    out = []
    if fixed is not None:
        values = sum(one["values"] for one in fixed)
        out.append(
            f"{count(values, 'value')} in {count(len(fixed), 'file')} "
            f"{'would be ' if dry_run else ''}fixed"
        )
    if not dry_run:
        out.append(f"{count(told['articles'], 'article')}, {count(told['pages'], 'page')}")
        out += [f"{count(told['asked'], 'external link')} checked"] if told["asked"] else []
        numbers = Counter[str](one.severity for one in problems if one.code != "alias")
        out.append(", ".join(count(numbers[severity], severity) for severity in _LEVELS))
        out += (
            ["`newsgen check --fix` writes repairs back"]
            if numbers["repair"] and fixed is None
            else []
        )
    return "; ".join(out)


def _annotate(problems: Sequence[Problem], root: Path) -> None:
    """Print workflow commands of GitHub Actions, with all repairs in one notice.

    Files are relative to the working folder.
    """
    for problem in locate_all(
        [problem for problem in problems if problem.severity != "repair"], root
    ):
        place = (
            {
                "file": os.path.relpath(root / problem.file),
                "line": problem.line,
                "col": problem.column,
            }
            if problem.file
            else {}
        )
        properties = {
            name: value for name, value in (place | {"title": problem.code}).items() if value
        }
        told = ",".join(
            f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items()
        )
        message = problem.message + (f" ({problem.hint})" if problem.hint else "")
        echo(f"::{_LEVELS[problem.severity]} {told}::{_escaped(message)}")
    repairs = Counter(problem.code for problem in problems if problem.severity == "repair")
    if repairs:
        echo(
            "::notice title=repairs::"
            + _escaped(", ".join(f"{code} {n:,}" for code, n in repairs.items()))
        )


def _escaped(text: str, more: str = "") -> str:
    """Escape a text for workflow commands: percent-encode what ends a line or a property."""
    return "".join(f"%{ord(char):02X}" if char in "%\r\n" + more else char for char in text)


_EXPLAIN_EXAMPLES = """\b
Examples:
  newsgen explain cut-value
  newsgen explain cut-value --json"""


@click.command(epilog=_EXPLAIN_EXAMPLES)
@click.argument("code")
@json_option("Print the explanation as one JSON document.")
@with_common
def explain_command(common: Common, code: str, as_json: bool) -> None:
    """Explain a problem: what its CODE means, and what to do.

    The code is the word in brackets at the end of a problem's message.
    """
    from newsgen.check.problem_catalogue import explain

    found = explain(code)
    if as_json:
        print_document(to_builtins(found))
        return
    ends = f", exit code {' or '.join(map(str, found.exit))}" if found.exit else ""
    echo(f"{code}: {' or '.join(found.severity)}{ends}")
    for text in filter(None, (found.meaning, found.remedy)):
        words = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)  # links lead to files of docs/
        echo(f"\n{click.wrap_text(words, 80)}")
