"""`newsgen build`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from newsgen.cli.options import Common, clock_options, make_clock, with_common
from newsgen.cli.progress import Bar
from newsgen.cli.report import print_json, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.content.ahead import look_ahead
from newsgen.core.engine import default_jobs
from newsgen.core.messages import count

if TYPE_CHECKING:
    from newsgen.build.inputs import Result
    from newsgen.core.problems import Problem

_EXAMPLES = """\b
Examples:
  newsgen build                           build ./ into ./site
  newsgen build --fetch                   with the pictures of today
  newsgen build --strict                  fail where anything is wrong
  newsgen build --drafts --future         show what is not published yet
  newsgen build --dry-run                 what would be rendered, and why
  newsgen build --verify                  prove that it is what a clean build gives
  newsgen build --as-of 2026-01-31T18:00  the site as it is at that time
  newsgen build --set related.limit=5 --output ../preview"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the site is written.  [default: the setting output]",
)
@clock_options
@click.option(
    "--fetch",
    is_flag=True,
    help="First fetch the pictures that pages show, as `newsgen images fetch` does.",
)
@click.option("--strict", is_flag=True, help="End with 1 where there are problems.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes.  [default: one a processor]",
)
@click.option(
    "--dry-run", is_flag=True, help="Only list what would be rendered and removed, and why."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Then compare the output with a clean build; end with 1 where it differs.",
)
@click.option("--profile", is_flag=True, help="Show the time of each stage and of each template.")
@click.option("--wait", is_flag=True, help="Wait where another run holds the output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@with_common
def command(common: Common, **options: Any) -> int:
    """Build the site.

    Only what changed is rendered, and only files whose bytes differ are written.
    """
    if not options["fetch"]:
        # A short-lived process needs no cycle collection, unless it fetches: connections make
        # cycles.
        gc.disable()
    config = load_config(common.root, common.config, common.sets, options["output"], common.cache)
    ahead = None if options["fetch"] else look_ahead(config.paths)
    from newsgen.build.pipeline import BuildOptions, build
    from newsgen.core.problems import any_died

    clock = make_clock(config, options["drafts"], options["future"], options["as_of"])
    how = BuildOptions(
        clock, options["jobs"] or default_jobs(), options["wait"], options["dry_run"]
    )
    missed: tuple[Problem, ...] = ()
    with Bar(common.verbosity >= 0 and not options["as_json"]) as bar:
        if options["fetch"]:
            from newsgen.inspect.images import fetch

            missed = fetch(config, clock, how.jobs, bar.show).problems
        result = build(config, how, bar.show, ahead)
        differences: list[Problem] = []
        if options["verify"] and not options["dry_run"]:
            from newsgen.inspect.verify import verify

            differences = verify(config, how, bar.show)
    result = structs.replace(result, problems=(*result.problems, *differences))
    print_problems((*missed, *result.problems), config.paths.root, common.verbosity)
    if options["as_json"]:
        print_json(result, config.paths.root)
    elif common.verbosity >= 0:
        _report(result, config, options, common.verbosity)
    counted = [
        problem for problem in result.problems if problem.code not in config.settings.check.allow
    ]
    return 1 if differences or any_died(result.problems) or (options["strict"] and counted) else 0


def _report(result: Result, config: Config, options: dict[str, Any], verbosity: int) -> None:
    for change in result.changes:
        say(f"{'remove' if change.removed else 'render'} {change.route}  ({change.reason})")
    say(_summary(result, config, options))
    if options["profile"] or verbosity > 0:
        say(
            "  "
            + ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items())
        )
    if options["profile"]:
        for slow in result.templates:
            each = 1e3 * slow.seconds / slow.pages
            say(
                f"  {slow.template:16} {count(slow.pages, 'page'):>14} {slow.seconds:8.2f} s "
                f"{each:8.2f} ms each, slowest {slow.slowest}"
            )


def _summary(result: Result, config: Config, options: dict[str, Any]) -> str:
    seconds = sum(result.seconds.values())
    if result.unchanged:
        done = "nothing changed"
    elif options["dry_run"]:
        done = f"{result.rendered} to render, {result.removed} to remove, nothing written"
    else:
        done = f"{result.rendered} rendered, {result.written} written, {result.removed} removed"
    if options["verify"] and not any(
        problem.code == "verify-differs" for problem in result.problems
    ):
        done += ", the same as a clean build"
    numbers = f"{count(result.articles, 'article')}, {count(result.pages, 'page')}"
    return (
        f"{numbers} ({done}), {count(len(result.problems), 'problem')}, {seconds:.2f} s -> "
        f"{config.paths.output}"
    )
