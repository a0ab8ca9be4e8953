"""`newsgen build`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.report import Bar, print_json, print_problems, say
from newsgen.config import Config, load_config

_EXAMPLES = """\b
Examples:
  newsgen build                          build ./ into ./site
  newsgen build --strict                 fail where anything is wrong
  newsgen build --drafts --future        show what is not published yet
  newsgen build --as-of 2026-01-31T18:00 the site as it is at that time
  newsgen build --set related.limit=5 --output ../preview"""


@click.command(epilog=_EXAMPLES)
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the site is written.  [default: the setting output]")
@click.option("--drafts", is_flag=True, help="Show drafts.")
@click.option("--future", is_flag=True, help="Show articles that are dated after the build's clock.")
@click.option("--as-of", metavar="TIME", help="The build's clock, in the site's zone.  [default: now]")
@click.option("--strict", is_flag=True, help="End with 1 where there are problems.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes.  [default: one a processor]")
@click.option("--wait", is_flag=True, help="Wait where another run holds the output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@with_common
def command(common: Common, **options: Any) -> int:
    """Build the site.

    Only what changed is rendered, and only files whose bytes differ are written.
    """
    from newsgen.build import BuildOptions, build
    from newsgen.builder.visibility import Clock
    from newsgen.workers import default_jobs

    config = load_config(common.root, common.config, common.sets, options["output"], common.cache)
    clock = Clock(_as_of(options["as_of"], config), options["drafts"], options["future"])
    jobs = options["jobs"] or default_jobs()
    with Bar(common.verbosity >= 0 and not options["as_json"]) as bar:
        result = build(config, BuildOptions(clock, jobs, options["wait"]), bar.show)
    counted = [p for p in result.problems if p.code not in config.settings.check.allow]
    print_problems(result.problems, config.paths.root, common.verbosity)
    if options["as_json"]:
        print_json(result, config.paths.root)
    elif common.verbosity >= 0:
        say(_summary(result, config))
        if common.verbosity > 0:
            say("  " + ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items()))
    return 1 if options["strict"] and counted else 0


def _as_of(text: str | None, config: Config) -> datetime:
    from newsgen.content.times import parse_time

    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return parse_time(text, ZoneInfo(config.settings.timezone))
    except ValueError as error:
        raise click.UsageError(f"--as-of {text}: {error}") from None


def _summary(result: Any, config: Config) -> str:
    from newsgen.cli.report import count

    seconds = sum(result.seconds.values())
    done = "nothing changed" if result.unchanged else f"{result.rendered} rendered, {result.written} written, {result.removed} removed"
    problems = count(len(result.problems), "problem")
    return (
        f"{count(result.articles, 'article')}, {count(result.pages, 'page')} ({done}), {problems}, {seconds:.2f} s -> {config.paths.output}"
    )
