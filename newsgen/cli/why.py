"""`newsgen why`."""

from __future__ import annotations

import click

from newsgen.cli.options import Common, clock_options, make_clock, with_common
from newsgen.cli.report import echo, print_document
from newsgen.config.settings import load_config

_EXAMPLES = """\b
Examples:
  newsgen why /topics/ai/
  newsgen why https://wire.example/news/2021-11-19-a-story/ --json"""


@click.command(epilog=_EXAMPLES)
@click.argument("url")
@clock_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@with_common
def command(
    common: Common, url: str, drafts: bool, future: bool, as_of: str | None, as_json: bool
) -> None:
    """Tell what the page at URL is made of, and why it was last rendered."""
    from newsgen.build.pipeline import BuildOptions
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.why import explain

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    clock = make_clock(config, drafts, future, as_of)
    found = explain(config, BuildOptions(clock, default_jobs()), url)
    if as_json:
        print_document(found)
        return
    echo(f"{found.route}")
    if found.rendered_at:
        echo(f"  last rendered {found.rendered_at:%Y-%m-%d %H:%M:%S} UTC: {found.rendered}")
    else:
        echo("  never rendered")
    if found.now:
        echo(f"  would be rendered now: {found.now}")
    if found.templates:
        echo(f"  template {found.template}, made of {', '.join(found.templates)}")
    for part in found.parts:
        echo(f"  {part.digest[:16]}  {part.name}" + (f"  ({part.file})" if part.file else ""))
