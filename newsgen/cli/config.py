"""`newsgen config`."""

from __future__ import annotations

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.report import echo, print_document
from newsgen.config.reader import as_yaml
from newsgen.config.settings import list_settings

_EXAMPLES = """\b
Examples:
  newsgen config
  newsgen config related
  newsgen config url --json"""


@click.command(epilog=_EXAMPLES)
@click.argument("key", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON document.")
@with_common
def command(common: Common, key: str, as_json: bool) -> None:
    """List the settings with their values and where each comes from: the default, a line of the
    file, or --set.

    With KEY only that setting, or those of that group.
    """
    found = list_settings(common.root, common.config, common.sets, key)
    if as_json:
        print_document(found)
        return
    width = max(len(one.key) for one in found)
    for one in found:
        echo(f"{one.key:{width}}  {as_yaml(one.value)}  ({one.origin})")
