"""`newsgen front`."""

from __future__ import annotations

import click

from newsgen.cli.options import Common, clock_options, make_clock, with_common
from newsgen.cli.report import echo, print_document
from newsgen.config.settings import load_config

_EXAMPLES = """\b
Examples:
  newsgen front
  newsgen front --as-of 2026-02-01T08:00    the same at that time
  newsgen front --json"""


@click.command(epilog=_EXAMPLES)
@clock_options
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
@with_common
def command(common: Common, drafts: bool, future: bool, as_of: str | None, as_json: bool) -> None:
    """Print what leads the front page, each story with its score taken apart."""
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.front_page import front

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    found = front(config, make_clock(config, drafts, future, as_of), default_jobs())
    if as_json:
        print_document(found)
        return
    zone = config.settings.zone
    for n, story in enumerate(found.stories, 1):
        echo(f"{n:2}  {story.title}")
        origin = ", ".join(
            filter(None, (story.source, f"{story.time.astimezone(zone):%Y-%m-%d %H:%M}", story.url))
        )
        echo(f"    {origin}")
        parts = {
            name: getattr(story, name)
            for name in ("heat", "coverage", "quality", "freshness", "picture", "weight")
        }
        told = " ".join(f"{value:+.2f} {name}" for name, value in parts.items() if value)
        echo(f"    {'pinned, ' * story.pinned}{story.score:.2f} = {told or '0'}")
        if story.also:
            more = f" and {len(story.also) - 5} more" if len(story.also) > 5 else ""
            echo(f"    also: {', '.join(story.also[:5])}{more}")
    if not found.stories:
        echo("there are no stories at that time")
