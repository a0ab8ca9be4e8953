"""`newsgen theme`."""

from __future__ import annotations

import click

from newsgen.cli.options import Choice, Common, with_common
from newsgen.cli.report import echo, print_document, say
from newsgen.config.settings import load_config

_EXAMPLES = """\b
Examples:
  newsgen theme list
  newsgen theme eject article.html    copy it to templates/article.html
  newsgen theme diff                  what the site's templates change"""


@click.command(epilog=_EXAMPLES)
@click.argument("action", type=Choice(["list", "eject", "diff"]))
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON document.")
@with_common
def command(common: Common, action: str, name: str | None, as_json: bool) -> None:
    """List the templates, copy one of the theme's into the site, or compare the site's with the
    theme's.

    `diff` without NAME compares all that the site replaces.
    """
    from newsgen.inspect import theme

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    if action == "eject":
        if not name:
            raise click.UsageError(
                "eject needs the NAME of a template; `newsgen theme list` lists them"
            )
        say(
            f"{theme.eject(config, name)} is yours now; `newsgen theme diff {name}` compares it "
            "with the theme's"
        )
        return
    if name and action == "list":
        raise click.UsageError("list takes no NAME")
    listed = [] if name else theme.list_templates(config)
    if action == "diff":
        for changed in (
            [name] if name else [one.name for one in listed if one.state.startswith("replaced")]
        ):
            echo(theme.diff(config, changed), nl=False)
    elif as_json:
        print_document(listed)
    else:
        width = max(len(one.name) for one in listed)
        for one in listed:
            echo(
                f"{one.name:{width}}  {one.state}"
                + (f"  ({one.file})" if one.state != "theme" else "")
            )
