"""The commands `build` and `serve`."""

from __future__ import annotations

import errno
import gc
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from newsgen.cli.options import (
    Common,
    clock_options,
    jobs_option,
    json_option,
    make_clock,
    output_option,
    with_common,
    with_content,
)
from newsgen.cli.output import Bar, echo, print_document, print_json, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.content.scan_ahead import look_ahead
from newsgen.core.engine import Engine, default_jobs, local
from newsgen.core.messages import count
from newsgen.core.problems import Problem

if TYPE_CHECKING:
    from newsgen.build.inputs import Result
    from newsgen.preview.session import PreviewSession


_BUILD_EXAMPLES = """\b
Examples:
  newsgen build                           build ./ into ./site
  newsgen build --fetch                   download new images first
  newsgen build --strict                  fail if there are problems
  newsgen build --drafts --future         include unpublished articles
  newsgen build --dry-run                 show what would be rendered, and why
  newsgen build --verify                  compare with a clean build
  newsgen build --as-of 2026-01-31T18:00  build the site as of that time
  newsgen build --set related.limit=5 --output ../preview"""


@click.command(epilog=_BUILD_EXAMPLES)
@output_option("The folder to write the site to.")
@clock_options
@click.option(
    "--fetch",
    is_flag=True,
    help=(
        "First download the images that pages show, as `newsgen images fetch` does. "
        "Failed downloads do not count under --strict."
    ),
)
@click.option(
    "--strict",
    is_flag=True,
    help=("End with 1 if there are problems, except those in the setting check.allow."),
)
@jobs_option
@click.option(
    "--engine",
    metavar="ENGINE",
    help=(
        "Who does the work: processes of this machine, or a cluster, dask://HOST:PORT. It"
        " changes no byte of the output.  [default: the setting engine]"
    ),
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing: list what would be rendered and removed, and why.",
)
@click.option(
    "--verify",
    is_flag=True,
    help=(
        "Then build again from scratch in a temporary folder and compare. If files "
        "differ, name them and end with 1."
    ),
)
@click.option("--profile", is_flag=True, help="Show the time of each stage and of each template.")
@click.option("--wait", is_flag=True, help="Wait if another run holds the output.")
@json_option("Print the result as one JSON document.")
@with_common
def build_command(common: Common, **options: Any) -> int:
    """Build the site.

    newsgen renders only what changed, and writes only files whose bytes differ.
    """
    if not options["fetch"]:
        # A short-lived process needs no cycle collection, unless it fetches: connections make
        # cycles.
        gc.disable()
    sets = (*common.sets, *([f"engine={options['engine']}"] if options["engine"] else ()))
    config = load_config(common.root, common.config, sets, options["output"], common.cache)
    config = with_content(config, common.verbosity >= 0 and not options["as_json"])
    ahead = None if options["fetch"] else look_ahead(config.paths)
    from newsgen.build.pipeline import BuildOptions, build
    from newsgen.core.problems import any_died

    clock = make_clock(config, options["drafts"], options["future"], options["as_of"])
    jobs = options["jobs"] or default_jobs()
    here = BuildOptions(clock, local(jobs), options["wait"], options["dry_run"])
    missed: tuple[Problem, ...] = ()
    with (
        Bar(common.verbosity >= 0 and not options["as_json"]) as bar,
        _engine(config.settings.engine, here.engine) as engine,
    ):
        if options["fetch"]:
            from newsgen.inspect.images import fetch

            missed = fetch(config, clock, jobs, bar.show).problems
        result = build(config, structs.replace(here, engine=engine), bar.show, ahead)
        differences: list[Problem] = []
        if options["verify"] and not options["dry_run"]:
            from newsgen.inspect.verify import verify

            differences = verify(config, here, bar.show)
    result = structs.replace(result, problems=(*result.problems, *differences))
    print_problems((*missed, *result.problems), config.paths.root, common.verbosity)
    if options["as_json"]:
        print_json(result, config.paths.root)
    elif common.verbosity >= 0:
        _print_result(result, config, options, common.verbosity)
    counted = [
        problem for problem in result.problems if problem.code not in config.settings.check.allow
    ]
    return 1 if differences or any_died(result.problems) or (options["strict"] and counted) else 0


def _engine(name: str, here: Engine) -> AbstractContextManager[Engine]:
    """Return the engine of this name. `here` is that of this machine."""
    if name == "processes":
        return nullcontext(here)
    from newsgen.build.cluster import Cluster

    return Cluster(name)


def _print_result(result: Result, config: Config, options: dict[str, Any], verbosity: int) -> None:
    for change in result.changes:
        say(f"{'remove' if change.removed else 'render'} {change.route}  ({change.reason})")
    say(_summary(result, config, options))
    if options["profile"] or verbosity > 0:
        say(
            "  "
            + ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items())
        )
    if options["profile"]:
        for slow in result.templates:
            each = 1e3 * slow.seconds / slow.pages
            say(
                f"  {slow.template:16} {count(slow.pages, 'page'):>14} {slow.seconds:8.2f} s "
                f"{each:8.2f} ms each, slowest {slow.slowest}"
            )


def _summary(result: Result, config: Config, options: dict[str, Any]) -> str:
    seconds = sum(result.seconds.values())
    if result.unchanged:
        done = "nothing changed"
    elif options["dry_run"]:
        done = f"{result.rendered} to render, {result.removed} to remove, nothing written"
    else:
        done = f"{result.rendered} rendered, {result.written} written, {result.removed} removed"
    if options["verify"] and not any(
        problem.code == "verify-differs" for problem in result.problems
    ):
        done += ", the same as a clean build"
    numbers = f"{count(result.articles, 'article')}, {count(result.pages, 'page')}"
    return (
        f"{numbers} ({done}), {count(len(result.problems), 'problem')}, {seconds:.2f} s -> "
        f"{config.paths.output}"
    )


_SERVE_EXAMPLES = """\b
Examples:
  newsgen serve --open
  newsgen serve --as-of 2026-01-31T18:00  show the site as of that time
  newsgen serve --no-drafts --no-future   show what readers see
  newsgen serve --host 0.0.0.0 --poll     for use in a container
  newsgen serve --host 0.0.0.0 --allow-host ann-laptop.local --allow-host .app.github.dev"""
_PORT = 1313


@click.command(epilog=_SERVE_EXAMPLES)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=(
        "The address to listen on; 0.0.0.0 means all of this machine's: then others on "
        "the network see drafts too."
    ),
)
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help=(
        "Also answer to this host name, for example behind a tunnel, in a Codespace, "
        "under docker compose or as ann-laptop.local; .NAME allows all names below it. "
        "Repeatable. By default a preview answers to localhost, to the name in --host "
        "and, if it listens to other machines, to IP addresses."
    ),
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_PORT,
    show_default=True,
    help="The port; if it is taken, the next free one of a hundred; 0 means any.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the site in the browser.")
@click.option(
    "--poll",
    is_flag=True,
    help=(
        "Poll for changes every 0.5 s, for file systems without change notifications: "
        "network drives, some containers."
    ),
)
@click.option("--drafts/--no-drafts", default=True, help="Show or hide drafts.  [default: show]")
@click.option(
    "--future/--no-future",
    default=True,
    help="Show or hide articles with a later date.  [default: show]",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help=(
        "Show the site as it was or will be at this time, in the site's zone. Without it "
        "the clock runs, and articles disappear when they expire."
    ),
)
@click.option(
    "--offline",
    is_flag=True,
    help="Contact no other hosts: linked images and players do not load.",
)
@json_option("Print the address as one JSON document.")
@with_common
def serve_command(common: Common, **options: Any) -> int:
    """Preview the site with live reload.

    newsgen renders a page when the browser asks for it, and writes nothing into the output.
    Ctrl-C ends the preview.
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
            lambda: _load(common),
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
            _warn_of_polling,
        )
    )
    threading.Thread(
        target=_print_new_problems, args=(preview, common.verbosity), daemon=True
    ).start()
    with suppress(KeyboardInterrupt):  # Ctrl-C ends a preview, at any moment
        _announce(preview, address(options["host"], server.port), common, options)
        server.serve_forever()
    if watcher[0].error:
        raise watcher[0].error
    return 0


def _load(common: Common) -> Config:
    config = load_config(common.root, common.config, common.sets, None, common.cache)
    return with_content(config, False)


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


def _warn_of_polling(error: OSError) -> None:
    say(
        f"The system cannot watch more folders ({error.strerror}): newsgen looks for changes "
        "itself, twice a second."
    )
    if error.errno in (errno.ENOSPC, errno.EMFILE):
        say(
            "  hint: raise fs.inotify.max_user_watches or fs.inotify.max_user_instances "
            "(sysctl), or pass --poll"
        )


def _print_new_problems(preview: Any, verbosity: int) -> None:
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
            say("No errors.")
        known = set(now)
