"""`newsgen schema`."""

from __future__ import annotations

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.report import print_document

_EXAMPLES = """\b
Examples:
  newsgen schema > article.schema.json
  newsgen schema --page > page.schema.json"""


@click.command(epilog=_EXAMPLES)
@click.option("--page", is_flag=True, help="Of a plain page.")
@with_common
def command(common: Common, page: bool) -> None:
    """Print the JSON Schema of an article's front matter, for editors that check and complete its
    fields.
    """
    from newsgen.content.json_schema import json_schema

    print_document(json_schema(page))
