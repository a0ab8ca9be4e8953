"""`newsgen init`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.report import echo, print_document, say

_EXAMPLES = """\b
Examples:
  newsgen init mysite
  newsgen init mysite --title "The Harbour Wire" --url https://wire.example
  cd mysite && newsgen build"""


@click.command(epilog=_EXAMPLES)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--title", help="The name of the site.  [default: the folder's name]")
@click.option(
    "--url", default="https://news.example", show_default=True, help="Where it will stand."
)
@click.option("--json", "as_json", is_flag=True, help="Print the files as one JSON document.")
@with_common
def command(
    common: Common, folder: Path | None, title: str | None, url: str, as_json: bool
) -> None:
    """Begin a site in an empty folder.

    It gets settings, an article, a plain page, and a workflow for GitHub Pages; `newsgen build`
    makes a site of them at once."""
    from newsgen.inspect.origin import UNKNOWN, requirement
    from newsgen.inspect.scaffold import init_site

    folder = folder or common.root
    title = (
        title or folder.resolve().name.replace("-", " ").replace("_", " ").strip().title() or "News"
    )
    files = init_site(folder, title, url, datetime.now(UTC))
    if as_json:
        print_document(
            {"folder": str(folder), "files": [os.path.relpath(file, folder) for file in files]}
        )
        return
    for file in files:
        echo(os.path.relpath(file))
    if common.verbosity >= 0:
        if requirement() == UNKNOWN:
            say(
                "enter in requirements.txt where newsgen is to be installed from: this one came "
                "from a folder or file of this machine"
            )
        say(
            f"newsgen --root {os.path.relpath(folder)} build  makes the site; put its address "
            "into newsgen.yaml first"
        )
