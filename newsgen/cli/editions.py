"""`newsgen editions`."""

from __future__ import annotations

from pathlib import Path

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.publish import editions_option
from newsgen.cli.report import echo, print_document
from newsgen.config.settings import load_config
from newsgen.core.messages import count


@click.command(epilog="\b\nExamples:\n  newsgen editions\n  newsgen editions --json")
@editions_option
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON document.")
@with_common
def command(common: Common, to: Path | None, as_json: bool) -> None:
    """List the editions that are kept, the last published first: name, date, size,
    what it changed.
    """
    from msgspec import to_builtins

    from newsgen.publish.editions import Store

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    store = Store(config.paths.editions)
    live, hold, kept = store.live_name(), store.hold(), store.heads()
    if as_json:
        held = hold.edition if hold else ""
        print_document(
            [
                to_builtins(one) | {"live": one.name == live, "held": one.name == held}
                for one in kept
            ]
        )
        return
    for one in kept:
        state = "held" if hold and one.name == hold.edition else "live" if one.name == live else ""
        when = one.published.astimezone(config.settings.zone)
        echo(
            f"{one.name[:12]}  {when:%Y-%m-%d %H:%M}  {one.size / 1e6:8,.1f} MB  {state:4}  "
            f"{one.change}"
        )
    if not kept:
        echo(f"{count(0, 'edition')} in {store.folder}; `newsgen publish` makes one")
