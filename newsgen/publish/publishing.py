"""Publishing: the built site becomes an edition, the link is flipped, other places and those who asked for it are told."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, structs

from newsgen import digest
from newsgen.builder.visibility import Clock
from newsgen.config import Config
from newsgen.outcome import Stopwatch
from newsgen.output import JOURNAL, MANIFEST, Output, read_manifest
from newsgen.problems import Problem, UserError, build_error, settings_error
from newsgen.publish.diff import Difference, compare, shown_files, summary
from newsgen.publish.editions import Edition, Store, all_files
from newsgen.publish.files import File
from newsgen.publish.settings import Announce
from newsgen.publish.targets import Sending, Sent, find_target


class PublishOptions(Struct, frozen=True):
    """How to publish: the time, the number of processes, whether to wait for another run, to tell only what would be done, to pass over
    guards (`force`), to lift a hold (`release`), to run the guards that read the whole site (`thorough`)."""

    at: datetime
    jobs: int = 1
    wait: bool = False
    dry_run: bool = False
    force: bool = False
    release: bool = False
    thorough: bool = False


class Published(Struct, frozen=True):
    """What came of it: the live edition, whether it is another than before, what changed, what was sent where. An error among the
    problems stopped it, or a target; `stopped` tells that a guard or a hold did, so that the old edition is still live."""

    edition: str
    published: bool
    size: int
    difference: Difference | None
    sent: tuple[Sent, ...]
    problems: tuple[Problem, ...]
    seconds: dict[str, float]
    stopped: bool = False


def publish(config: Config, options: PublishOptions, built: Sequence[Problem] = ()) -> Published:
    """Publish the built site; `built` are the problems of its build.

    Raises UserError: 2 where there is no built site, 3 where it cannot be published (what was live stays), 4 where another run holds
    the output or the editions.
    """
    with ExitStack() as stack:
        output, store = Output(config.paths.output), Store(config.paths.editions)
        if not read_manifest(output.folder):
            hint = "run `newsgen build` first"
            raise settings_error("no-output", f"there is no built site in {output.folder}", hint=hint)
        if not options.dry_run:
            for lock in (output.lock, store.lock):
                stack.callback(lock(options.wait).release)
        return _publish(config, options, built, store)


def _publish(config: Config, options: PublishOptions, built: Sequence[Problem], store: Store) -> Published:
    site, stopwatch = config.paths.output, Stopwatch()
    if (site / JOURNAL).exists():
        raise build_error("output-unfinished", f"a build into {site} was interrupted", hint="run `newsgen build`")
    name = digest.of_bytes((site / MANIFEST).read_bytes()).hex()
    hold = store.hold()
    if hold and not options.release and name != store.live_name():
        hint = "`newsgen publish --release` lifts the hold and publishes"
        message = f"the edition {hold.edition[:12]} is held since {hold.since:%Y-%m-%d %H:%M} UTC"
        return Published(store.live_name(), False, 0, None, (), (Problem("warning", "held", message, hint=hint),), {}, True)
    live = store.live()
    difference, problems = None, list[Problem]()
    if live is None or live.name != name or (live.purged and options.force):
        with stopwatch("guards"):
            edition, difference, problems = _looked_at(config, options, built, store, live, name)
        if problems and not options.force:
            return Published(live.name if live else "", False, 0, difference, (), tuple(problems), stopwatch.seconds, True)
        problems = [structs.replace(problem, severity="warning") for problem in problems]
        if not options.dry_run:
            with stopwatch("release"):
                live = _go_live(store, structs.replace(edition, change=summary(difference)), live, config)
    if hold and options.release and not options.dry_run:
        store.set_hold(None)
    with stopwatch("send"):
        if options.dry_run and difference:
            sent, failed = deliver(config, edition, site, dry_run=True)
        else:
            sent, failed = deliver(config, live, store.release(name), options.dry_run)
    problems += failed
    if live and not failed and not options.dry_run:
        with stopwatch("announce"):
            problems += _tell(config, store, live)
    published = difference is not None and not options.dry_run
    return Published(live.name if live else "", published, live.size if live else 0, difference, sent, tuple(problems), stopwatch.seconds)


def _looked_at(
    config: Config, options: PublishOptions, built: Sequence[Problem], store: Store, live: Edition | None, name: str
) -> tuple[Edition, Difference, list[Problem]]:
    """The edition that the built site makes, not made yet, what it changes, and what guards say of it."""
    from newsgen.publish import guards

    site = config.paths.output
    files = {path: File(known, 0) for path, known in read_manifest(site).items()}
    stories = guards.read_stories(config, Clock(options.at), files, options.jobs, options.thorough)
    edition = Edition(name, 1 + max((head.serial for head in store.heads()), default=0), options.at, files=files, stories=stories.told)
    had = shown_files(live)
    changed = [path for path, file in files.items() if had.get(path) != file.digest]
    difference = compare(live, edition, config.settings.url, config.settings.base)
    problems = guards.light(live, edition, len(difference.gone), changed, config)
    if options.thorough:
        problems += guards.thorough(built, live, edition, changed, stories.secrets, config, options.jobs)
    return edition, difference, problems + guards.space(store, guards.new_bytes(changed, site))


def _go_live(store: Store, edition: Edition, live: Edition | None, config: Config) -> Edition:
    """Make an edition, or bring one that is kept to what it must be, and flip the link."""
    site = config.paths.output
    if edition.name in store.names():
        kept = structs.replace(store.read(edition.name), serial=edition.serial, published=edition.published, change=edition.change)
        made = store.mend(kept, live, site)
        store.keep(made)
    else:
        made = store.make(edition, site, config.settings.publish.keep)
    if (config.settings.publish.targets or _tells(config)) and store.untold() is None:
        store.set_untold(live.name if live else "")  # first: whatever comes in between, the next run tells of it
    store.flip(made.name)
    return made


def _tell(config: Config, store: Store, live: Edition) -> list[Problem]:
    """Tell others what changed since they were last told, now that the live edition is everywhere. What they did not take."""
    since, problems = store.untold(), list[Problem]()
    if since is None:
        return problems
    if _tells(config) and since in ("", *store.names()):  # else it was removed by hand
        from newsgen.publish.announce import announce

        before = store.read(since) if since else None
        problems = announce(config, compare(before, live, config.settings.url, config.settings.base), live.name)
    store.set_untold(None)
    return problems


def _tells(config: Config) -> bool:
    return config.settings.announce != Announce()


def deliver(config: Config, live: Edition | None, folder: Path, dry_run: bool = False) -> tuple[tuple[Sent, ...], list[Problem]]:
    """Send an edition, whose files are in this folder, to all targets; what went wrong at one keeps no other from it."""
    chosen = config.settings.publish
    if live is None or not chosen.targets:
        return (), []
    from newsgen.builder.route_table import output_path

    files = {path: file.digest for path, file in all_files(live).items()}
    pages = {output_path(story.route) for story in live.stories}
    first = frozenset(path for path in files if path in pages or not path.endswith(_LEADING))
    sending = Sending(folder, files, first, f"Edition {live.name[:12]}: {live.change}")
    sent: list[Sent] = []
    problems: list[Problem] = []
    for target in chosen.targets:
        try:
            sent.append(find_target(target, config.paths.root).send(sending, chosen.max_deletes, dry_run))
        except UserError as error:
            problems.append(error.problem)
    return tuple(sent), problems


_LEADING = (".html", ".htm", ".xml", ".json", ".txt", "_redirects")  # pages that lead to others, and lists of them


def exit_code(published: Published) -> int:
    """The exit code of a publishing that ended by itself: 5 where a guard stopped it, 3 where a target failed."""
    if published.stopped:
        return 5
    errors = {problem.code for problem in published.problems if problem.severity == "error"}
    return 5 if errors == {"guard-deletes"} else 3 if errors else 0


def now() -> datetime:
    """The time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
