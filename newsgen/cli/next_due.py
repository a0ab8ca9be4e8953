"""`newsgen next-due`."""

from __future__ import annotations

import click

from newsgen.cli.options import Common, make_clock, with_common
from newsgen.cli.report import echo, print_document, say
from newsgen.config.settings import load_config


@click.command(epilog="\b\nExamples:\n  newsgen next-due\n  newsgen next-due --at 2026-02-01T08:00")
@click.option(
    "--at", metavar="TIME", help="Seen from which time, in the site's zone.  [default: now]"
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
@with_common
def command(common: Common, at: str | None, as_json: bool) -> None:
    """Print the next time at which the site changes by itself: a story comes due, one expires, one
    leaves the news sitemap.

    Nothing is printed where there is none, so that a scheduler can sleep until then, or until
    something is written."""
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.status import status

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    due = status(config, make_clock(config, False, False, at, "--at").as_of, default_jobs()).due
    if as_json:
        print_document({"due": due})
    elif due:
        echo(due.isoformat().replace("+00:00", "Z"))
    else:
        say("time alone changes nothing")
