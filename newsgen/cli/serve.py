"""`newsgen serve`."""

from __future__ import annotations

import errno
import gc
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from newsgen.cli.options import Common, make_clock, with_common
from newsgen.cli.progress import Bar
from newsgen.cli.report import echo, print_document, print_problems, say
from newsgen.config.settings import load_config
from newsgen.core.messages import count
from newsgen.core.problems import Problem

if TYPE_CHECKING:
    from newsgen.preview.session import PreviewSession

_EXAMPLES = """\b
Examples:
  newsgen serve --open
  newsgen serve --as-of 2026-01-31T18:00  the site as it is at that time
  newsgen serve --no-drafts --no-future   what readers see
  newsgen serve --host 0.0.0.0 --poll     in a container
  newsgen serve --host 0.0.0.0 --allow-host ann-laptop.local --allow-host .app.github.dev"""
_PORT = 1313


@click.command(epilog=_EXAMPLES)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at; 0.0.0.0 is all of this machine's.",
)
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Answer to this host name too; .NAME: to all names below it. Repeatable.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_PORT,
    show_default=True,
    help="The port, or the next free one.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the site in the browser.")
@click.option(
    "--poll",
    is_flag=True,
    help="Look for changes twice a second, where the system tells of none: network drives, "
    "containers.",
)
@click.option(
    "--drafts/--no-drafts", default=True, help="Whether drafts are shown.  [default: they are]"
)
@click.option(
    "--future/--no-future",
    default=True,
    help="Whether articles that are dated later are shown.  [default: they are]",
)
@click.option(
    "--as-of", metavar="TIME", help="The clock, in the site's zone.  [default: it goes on]"
)
@click.option(
    "--offline",
    is_flag=True,
    help="Ask nothing of other hosts: pictures that are linked stay away.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the address as one JSON document.")
@with_common
def command(common: Common, **options: Any) -> int:
    """Show the site while it is written: what is saved is there.

    Pages are rendered when they are asked for; nothing is written into the output. Ctrl-C ends it.
    """
    from newsgen.preview.server import App, bind, is_host_name, make
    from newsgen.preview.session import PreviewSession
    from newsgen.preview.watch import Watcher

    for name in options["allowed"]:
        if not is_host_name(name):
            raise click.UsageError(
                f"--allow-host {name}: write a host name, without a scheme or a port, such as "
                "preview.example"
            )
    with Bar(common.verbosity >= 0 and not options["as_json"]) as bar:
        preview = PreviewSession(
            lambda: load_config(common.root, common.config, common.sets, None, common.cache),
            lambda config: make_clock(
                config, options["drafts"], options["future"], options["as_of"]
            ),
            bar.show,
        )
    gc.freeze()  # the site stays in memory, so searching it for cycles would only cost time
    try:
        listening = bind(options["host"], options["port"])
    except OSError as error:
        raise click.UsageError(
            f"--host {options['host']} --port {options['port']}: {error.strerror or error}"
        ) from None
    watcher: list[Watcher] = []

    def settle(seconds: float) -> None:
        for one in watcher:
            one.settle(seconds)

    server = make(
        App(preview, options["host"], settle, options["offline"], options["allowed"]), listening
    )
    watcher.append(
        Watcher(
            preview.watched,
            preview.update,
            preview.look_around,
            server.shutdown,
            options["poll"],
            _polls,
        )
    )
    threading.Thread(target=_report, args=(preview, common.verbosity), daemon=True).start()
    with suppress(KeyboardInterrupt):  # Ctrl-C ends a preview, at any moment
        _announce(preview, address(options["host"], server.port), common, options)
        server.serve_forever()
    if watcher[0].error:
        raise watcher[0].error
    return 0


def _announce(
    preview: PreviewSession, origin: str, common: Common, options: dict[str, Any]
) -> None:
    """Print the address, and open it in the browser if requested."""
    site = preview.state.prepared
    url = origin + preview.state.config.settings.base + "/"
    if options["as_json"]:
        print_document(
            {"url": url, "articles": len(site.views.plan.stories), "pages": len(site.views.pages)}
        )
    else:
        echo(url)
    if common.verbosity >= 0:
        say(
            f"{count(len(site.views.plan.stories), 'article')}, "
            f"{count(len(site.views.pages), 'page')}. Ctrl-C ends."
        )
    if options["open_it"]:
        click.launch(url)


def address(host: str, port: int) -> str:
    """Return the address for a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _polls(error: OSError) -> None:
    say(
        f"The system cannot watch more folders ({error.strerror}): newsgen looks for changes "
        "itself, twice a second."
    )
    if error.errno in (errno.ENOSPC, errno.EMFILE):
        say(
            "  hint: raise fs.inotify.max_user_watches or fs.inotify.max_user_instances "
            "(sysctl), or pass --poll"
        )


def _report(preview: Any, verbosity: int) -> None:
    """Print problems as they appear, and say when all are gone."""
    known: set[Problem] = set()
    number = -1
    while not preview.closed:
        number = preview.wait(number, 3600)
        now = [
            problem
            for problem in preview.problems()
            if problem.severity == "error" or verbosity > 0
        ]
        new = [problem for problem in now if problem not in known]
        print_problems(new, preview.state.config.paths.root, max(verbosity, 0))
        if known and not now:
            say("All is well again.")
        known = set(now)
