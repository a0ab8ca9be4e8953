"""The command `newsgen`: loads its subcommands when they are used, and decides how it ends."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import signal
import sys
from typing import Any, NoReturn

import click

from newsgen import __version__
from newsgen.cli.options import Choice, Common, site_options, with_common
from newsgen.core.messages import nearest

# Each command's module and summary: --help shows them all and imports none.
COMMANDS = {
    "init": ("content", "Create a site."),
    "new": ("content", "Create an article or a plain page."),
    "import": ("importing", "Import an export of WordPress or Ghost, or a feed."),
    "gather": ("gather", "Write an article for each new item of the feeds in feeds.yaml."),
    "build": ("build", "Build the site."),
    "serve": ("build", "Preview the site with live reload."),
    "check": ("check", "Find problems in the site and its links; fix content files."),
    "explain": ("check", "Explain a problem by its code, and say what to do."),
    "publish": ("publish", "Publish the built site in one step."),
    "rollback": ("publish", "Make an earlier edition live again, and hold it."),
    "editions": ("publish", "List the kept editions."),
    "diff": ("publish", "Show what changed between two editions."),
    "nightly": ("nightly", "Gather, build, check, publish and report, from a scheduler."),
    "next-due": ("inspect", "Print when the site next changes without an edit."),
    "status": ("inspect", "Show which articles are visible, the next change and the live edition."),
    "front": ("inspect", "List the front page's stories with their scores."),
    "why": ("inspect", "Show what a page depends on and why it was last rendered."),
    "images": ("images", "Download remote images, show their status, delete unused ones."),
    "theme": ("inspect", "List, copy or compare templates, or use another theme."),
    "config": ("inspect", "List the settings and where each value comes from."),
    "schema": ("content", "Print the JSON Schema of the front matter, or a CMS configuration."),
    "completion": ("main", "Print a shell completion script."),
}
EXIT_CODES = """\b
Exit codes:
  0   done; problems may have been reported
  1   problems, with --strict; a difference, with --verify
  2   invalid arguments or settings
  3   the site could not be built, written or printed; the previous output stays
  4   another run holds the output or the editions
  5   a guard stopped publishing or a rollback; the previous edition stays
  70  a bug in newsgen; it says how to report it
  130 stopped by Ctrl-C
  143 stopped by SIGTERM, 129 by SIGHUP"""
_PROCESS = os.getpid()
_signals: list[int] = []  # the signals that asked this run to stop


class Commands(click.Group):
    """Subcommands that are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"newsgen.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        if EXIT_CODES not in (command.epilog or ""):
            command.epilog = f"{command.epilog}\n\n{EXIT_CODES}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name.

        Raises click.UsageError if there is none, and suggests the nearest one.
        """
        near = "" if args[0] in COMMANDS else nearest(args[0], COMMANDS)
        if near and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(
    cls=Commands,
    epilog="\b\nExamples:\n  newsgen build\n  newsgen --root mysite build "
    f"--strict\n\n{EXIT_CODES}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="newsgen %(version)s")
@site_options
def cli(**_: Any) -> None:
    """Turn a folder of news articles into a news site for any static host."""


_COMPLETION_EXAMPLES = """\b
Examples:
  newsgen completion bash > ~/.local/share/bash-completion/completions/newsgen
  newsgen completion zsh > ~/.zfunc/_newsgen
  newsgen completion fish > ~/.config/fish/completions/newsgen.fish"""


@click.command(epilog=_COMPLETION_EXAMPLES)
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@with_common
def completion_command(common: Common, shell: str) -> None:
    """Print a script that completes commands, options and topics in SHELL."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found
    click.echo(found(cli, {}, "newsgen", "_NEWSGEN_COMPLETE").source())


def main() -> None:
    """Run the command and exit immediately with its code."""
    # A closed stream is None. os.devnull takes its descriptor before another file can.
    sys.stdout, sys.stderr = (
        stream or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
        for stream in (sys.stdout, sys.stderr)
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # the terminal's encoding may lack letters
    _read_names_as_utf8()
    _stop_on_signals()
    try:
        _check_arguments(sys.argv[1:])
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = _stopped()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:  # without a file name, the output could not be written
        code = _failed(error) if error.filename else _mute(error)
    except Exception as error:  # a signal to the process group may end a child first
        code = _stopped() if _signals else _failed(error)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(
        code if isinstance(code, int) else 0
    )  # freeing all articles would take longer than many builds


def _read_names_as_utf8() -> None:
    """Restart in Python's UTF-8 mode (PEP 540) if the locale has another encoding for file names.

    Otherwise a name with `ü` would be decoded wrongly, or not at all. Output keeps the terminal's
    encoding.
    """
    tried = os.environ.get("PYTHONUTF8") == "1"
    if sys.getfilesystemencoding().lower() == "utf-8" or os.name != "posix" or tried:
        return
    output = f"{sys.stdout.encoding}:backslashreplace"
    environment = {"PYTHONIOENCODING": output, **os.environ, "PYTHONUTF8": "1"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


def _stop_on_signals() -> None:
    """Let SIGTERM and SIGHUP stop this run as Ctrl-C does: clean up and end child processes.

    Without this, process 1 of a container would ignore them. Ignored signals stay ignored (nohup).
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: object) -> NoReturn:
    if os.getpid() != _PROCESS:  # a fork that inherited this handler
        os._exit(128 + number)
    _signals.append(number)
    signal.signal(
        number, signal.SIG_IGN
    )  # `timeout` sends it twice; the second must not stop the cleanup
    raise KeyboardInterrupt


def _stopped() -> int:
    with contextlib.suppress(OSError):  # the terminal may be gone
        click.echo("newsgen: stopped", err=True)
    return 128 + (_signals[0] if _signals else signal.SIGINT)


def _mute(error: OSError) -> int:
    with contextlib.suppress(OSError):
        click.echo(f"newsgen: standard output cannot be written: {error.strerror}", err=True)
    return 3


def _check_arguments(words: list[str]) -> None:
    for word in words:
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            raise click.UsageError(f"{os.fsencode(word)!r} is not UTF-8")


def _failed(error: Exception) -> int:
    from newsgen.core.problems import UserError, render

    if isinstance(error, UserError):
        from newsgen.cli.output import echo, located

        echo(render(located(error)), err=True)
        return error.exit_code
    import traceback

    traceback.print_exception(error)
    click.echo(
        "newsgen: this is a bug. Please report it with the lines above and `newsgen "
        f"{__version__}`.",
        err=True,
    )
    return 70
