"""`newsgen rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.publish import editions_option, show
from newsgen.cli.report import say
from newsgen.config.settings import load_config
from newsgen.core.messages import count

_EXAMPLES = """\b
Examples:
  newsgen rollback                 to the edition before the live one
  newsgen rollback 3f9a            to the one whose name begins so
  newsgen publish --release        publish again"""


@click.command(epilog=_EXAMPLES)
@click.argument("edition", default="")
@editions_option
@click.option("--withheld", is_flag=True, help="Although it shows articles that are withheld now.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON document.")
@with_common
def command(common: Common, edition: str, to: Path | None, withheld: bool, as_json: bool) -> int:
    """Make an earlier edition live again, and hold it:

    nothing is published over it until `newsgen publish --release`.
    """
    from newsgen.publish.publish import exit_code, now
    from newsgen.publish.rollback import rollback

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    done, missing = rollback(config, edition, now(), withheld)
    show(done, config, common, as_json)
    if missing and common.verbosity >= 0:
        say(
            f"{count(len(missing), 'article')} of it no longer in the content folder, such as "
            f"{missing[0]}"
        )
    return exit_code(done)
