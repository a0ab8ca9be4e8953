"""`newsgen completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from newsgen.cli.options import Choice, Common, with_common

_EXAMPLES = """\b
Examples:
  newsgen completion bash > ~/.local/share/bash-completion/completions/newsgen
  newsgen completion zsh > ~/.zfunc/_newsgen
  newsgen completion fish > ~/.config/fish/completions/newsgen.fish"""


@click.command(epilog=_EXAMPLES)
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@with_common
def command(common: Common, shell: str) -> None:
    """Print what makes SHELL complete commands, options and topics."""
    from newsgen.cli.main import cli

    found = get_completion_class(shell)
    assert found
    click.echo(found(cli, {}, "newsgen", "_NEWSGEN_COMPLETE").source())
