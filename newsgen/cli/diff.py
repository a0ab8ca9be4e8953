"""`newsgen diff`."""

from __future__ import annotations

from pathlib import Path

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.publish import editions_option
from newsgen.cli.report import echo, print_document
from newsgen.config.settings import load_config

_EXAMPLES = """\b
Examples:
  newsgen diff                     what the live edition changed
  newsgen diff 3f9a                what changed from that one to the live one
  newsgen diff 3f9a 81c0           from the first to the second
  newsgen diff --urls              what a CDN is to forget, one address a line"""
_SHOWN = 20


@click.command(epilog=_EXAMPLES)
@click.argument("before", default="")
@click.argument("after", default="")
@editions_option
@click.option("--urls", is_flag=True, help="Only the addresses of all changed files, one a line.")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
@with_common
def command(
    common: Common, before: str, after: str, to: Path | None, urls: bool, as_json: bool
) -> None:
    """Tell what changed from one edition to another:

    stories that are new, gone, corrected, edited, moved; pictures; addresses.
    """
    from newsgen.core.problems import settings_error
    from newsgen.publish.diff import compare, lines, summary
    from newsgen.publish.editions import Store

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    store = Store(config.paths.editions)
    second = store.find(after) if after else store.live()
    if second is None:
        raise settings_error(
            "no-such-edition", "no edition is live", hint="`newsgen publish` makes one"
        )
    earlier = before or next(
        (head.name for head in store.heads() if head.serial < second.serial), ""
    )
    first = store.find(earlier) if earlier else None
    found = compare(first, second, config.settings.url, config.settings.base)
    if as_json:
        print_document(found)
    elif urls:
        echo("\n".join(found.urls))
    else:
        for line in (
            *lines(found, _SHOWN if common.verbosity < 1 else len(found.urls)),
            summary(found),
        ):
            echo(line)
