"""Publish the built site: make an edition, switch the link, send it to targets, announce it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from newsgen.build.inputs import Stopwatch
from newsgen.config.publish import Announce, Cdn
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core import digest
from newsgen.core.problems import Problem, UserError, build_error, settings_error
from newsgen.publish.diff import Difference, compare, summary
from newsgen.publish.editions import Edition, Hold, Store, all_files
from newsgen.publish.targets.find import find_target
from newsgen.publish.targets.target import Sending, Sent
from newsgen.store.output import JOURNAL, MANIFEST, Output, read_manifest

if TYPE_CHECKING:
    from newsgen.publish.candidate import Candidate


class PublishOptions(Struct, frozen=True):
    """How to publish.

    `wait` waits for another run instead of failing. `dry_run` only reports what would be done.
    `force` overrides guards, and `release` lifts a hold. `thorough` runs the guards that read the
    whole site. `strict` stops if guards reject articles, instead of publishing without them.
    """

    at: datetime
    jobs: int = 1
    wait: bool = False
    dry_run: bool = False
    force: bool = False
    release: bool = False
    thorough: bool = False
    strict: bool = False
    verify_remote: bool = False


class Published(Struct, frozen=True):
    """The result of publishing.

    `edition` is the live edition, and `published` says whether it is new. An error among the
    problems stopped the publication or a target. `stopped` is true if a guard or a hold kept the
    old edition live. `left_out` are the articles left out because of guards.
    """

    edition: str
    published: bool
    size: int
    difference: Difference | None
    sent: tuple[Sent, ...]
    problems: tuple[Problem, ...]
    seconds: dict[str, float]
    stopped: bool = False
    left_out: tuple[str, ...] = ()


def publish(config: Config, options: PublishOptions, built: Sequence[Problem] = ()) -> Published:
    """Publish the built site. `built` are the problems of its build.

    Raises UserError: exit code 2 if the site was never built, 3 if it cannot be published, 4 if
    another run holds the output or the editions. The old edition stays live then.
    """
    with ExitStack() as stack:
        output, store = Output(config.paths.output), Store(config.paths.editions)
        if not read_manifest(output.folder):
            hint = "run `newsgen build` first"
            raise settings_error("no-output", f"no site was built in {output.folder}", hint=hint)
        if not options.dry_run:
            for lock in (output.lock, store.lock):
                stack.callback(lock(options.wait).release)
        return _publish(config, options, built, store, stack)


def _publish(
    config: Config,
    options: PublishOptions,
    built: Sequence[Problem],
    store: Store,
    stack: ExitStack,
) -> Published:
    stopwatch, name = Stopwatch(), _built_edition(config.paths.output)
    hold, live = store.hold(), store.live()
    if hold and not options.release and not (live and live.is_of(name)):
        return _held(hold, store)
    edition, folder = live, store.release(live.name if live else name)
    difference, problems, left_out = None, list[Problem](), tuple[str, ...]()
    if _differs(live, name, options.force):
        with stopwatch("guards"):
            found = _candidate(config, options, built, store, live, stack)
        if found.problems and not options.force:
            return _rejected(found, live)
        warnings = (structs.replace(problem, severity="warning") for problem in found.problems)
        problems = [*warnings, *found.left_out]
        left_out = tuple(problem.file for problem in found.left_out)
        # It is the live one if guards left out everything that changed.
        if live is None or live.name != found.edition.name or live.purged:
            difference, edition, folder = found.difference, found.edition, found.folder
            if not options.dry_run:
                with stopwatch("release"):
                    edition = live = _go_live(store, edition, live, config, folder)
                folder = store.release(edition.name)
    if hold and options.release and not options.dry_run:
        store.set_hold(None)
    with stopwatch("send"):
        sent, failed = deliver(config, edition, folder, options.dry_run, options.verify_remote)
    problems += failed
    if live and not failed and not options.dry_run:
        with stopwatch("announce"):
            problems += _tell(config, store, live)
    return Published(
        live.name if live else "",
        difference is not None and not options.dry_run,
        live.size if live else 0,
        difference,
        sent,
        tuple(problems),
        stopwatch.seconds,
        left_out=left_out,
    )


def _built_edition(site: Path) -> str:
    """Return the name of the edition that the built site would become."""
    if (site / JOURNAL).exists():
        raise build_error(
            "output-unfinished", f"a build into {site} was interrupted", hint="run `newsgen build`"
        )
    return digest.of_bytes((site / MANIFEST).read_bytes()).hex()


def _held(hold: Hold, store: Store) -> Published:
    hint = "`newsgen publish --release` lifts the hold and publishes"
    message = f"the edition {hold.edition[:12]} is held since {hold.since:%Y-%m-%d %H:%M} UTC"
    problem = Problem("warning", "held", message, hint=hint)
    return Published(store.live_name(), False, 0, None, (), (problem,), {}, stopped=True)


def _differs(live: Edition | None, name: str, force: bool) -> bool:
    """Return whether the built site differs from the live edition. With `force`, purged pages and
    articles that guards left out count too.
    """
    if live is None or not live.is_of(name):
        return True
    return force and (bool(live.purged) or live.name != name)


def _rejected(found: Candidate, live: Edition | None) -> Published:
    return Published(
        live.name if live else "",
        False,
        live.size if live else 0,
        found.difference,
        (),
        tuple(found.problems),
        {},
        stopped=True,
    )


def _candidate(
    config: Config,
    options: PublishOptions,
    built: Sequence[Problem],
    store: Store,
    live: Edition | None,
    stack: ExitStack,
) -> Candidate:
    from newsgen.publish.candidate import Guarding, find_candidate

    guarding = Guarding(
        config, store, live, Clock(options.at), built, options.jobs, options.thorough
    )
    found = find_candidate(guarding, stack, options.strict or options.force)
    edition = structs.replace(found.edition, change=summary(found.difference))
    return found._replace(edition=edition)


def _go_live(
    store: Store, edition: Edition, live: Edition | None, config: Config, site: Path
) -> Edition:
    """Create the edition from a site's files, or complete a kept one, and switch the link to it."""
    if edition.name in store.names():
        kept = structs.replace(
            store.read(edition.name),
            serial=edition.serial,
            published=edition.published,
            change=edition.change,
        )
        kept = structs.replace(kept, built=edition.built)
        made = store.repair(kept, live, site)
        store.keep(made)
    else:
        made = store.make(edition, site, config.settings.publish.keep)
    if (config.settings.publish.targets or _tells(config)) and store.untold() is None:
        store.set_untold(
            live.name if live else ""
        )  # first, so that the next run announces it even if this one is killed
    store.flip(made.name)
    return made


def _tell(config: Config, store: Store, live: Edition) -> list[Problem]:
    """Announce what changed since the last announcement, once the live edition is on all targets.

    Content delivery networks come first, because readers of an announcement request pages from
    them.

    Return a warning for each failed notification.
    """
    since, problems = store.untold(), list[Problem]()
    if since is None:
        return problems
    if _tells(config) and since in (
        "",
        *store.names(),
    ):  # otherwise someone removed the edition by hand
        from newsgen.publish.announce import announce
        from newsgen.publish.caches import purge_caches

        before = store.read(since) if since else None
        difference = compare(before, live, config.settings.url, config.settings.base)
        problems = purge_caches(config, difference.urls)
        problems += announce(config, difference, live.name)
    store.set_untold(None)
    return problems


def _tells(config: Config) -> bool:
    return config.settings.announce != Announce() or config.settings.cdn != Cdn()


def deliver(
    config: Config,
    live: Edition | None,
    folder: Path,
    dry_run: bool = False,
    verify: bool = False,
) -> tuple[tuple[Sent, ...], list[Problem]]:
    """Send an edition's files in `folder` to all targets.

    A failed target does not stop the others.
    """
    chosen = config.settings.publish
    if live is None or not chosen.targets:
        return (), []
    from newsgen.builder.route_table import output_path

    files = {path: file.digest for path, file in all_files(live).items()}
    pages = {output_path(story.route) for story in live.stories}
    first = frozenset(path for path in files if path in pages or not path.endswith(_LEADING))
    title = f"Edition {live.name[:12]}: {live.change}"
    sending = Sending(folder, files, first, title, verify)
    sent: list[Sent] = []
    problems: list[Problem] = []
    for target in chosen.targets:
        try:
            sent.append(
                find_target(target, config.paths.root).send(sending, chosen.max_deletes, dry_run)
            )
        except UserError as error:
            problems.append(error.problem)
    return tuple(sent), problems


_LEADING = (
    ".html",
    ".htm",
    ".xml",
    ".json",
    ".txt",
    "_redirects",
)  # pages that link to others, and lists of pages


def exit_code(published: Published) -> int:
    """Return the exit code of a finished publication.

    It is 5 if a guard stopped it, and 3 if a target failed.
    """
    if published.stopped:
        return 5
    errors = {problem.code for problem in published.problems if problem.severity == "error"}
    return 5 if errors == {"guard-deletes"} else 3 if errors else 0


def now() -> datetime:
    """Return the current time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
