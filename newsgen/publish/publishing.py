"""Publishing: the built site becomes an edition, the link is flipped, other places and those who asked for it are told. And back again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

import msgspec
from msgspec import Struct

from newsgen import digest
from newsgen.build import Progress, quiet
from newsgen.builder.visibility import Clock
from newsgen.config import Config
from newsgen.explain import route_of
from newsgen.outcome import Stopwatch
from newsgen.output import JOURNAL, MANIFEST, Output, read_manifest
from newsgen.pages.plan import output_path
from newsgen.problems import Problem, UserError, build_error, settings_error
from newsgen.publish.diff import Difference, address, compare, shown_files, summary
from newsgen.publish.editions import Edition, File, Hold, Store
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


def publish(config: Config, options: PublishOptions, built: Sequence[Problem] = (), progress: Progress = quiet) -> Published:
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
        return _publish(config, options, built, progress, store)


def _publish(config: Config, options: PublishOptions, built: Sequence[Problem], progress: Progress, store: Store) -> Published:
    site, stopwatch = config.paths.output, Stopwatch()
    if (site / JOURNAL).exists():
        raise build_error("output-unfinished", f"a build into {site} was interrupted", hint="run `newsgen build`")
    name = digest.of_bytes((site / MANIFEST).read_bytes()).hex()
    hold = store.hold()
    if hold and not options.release and name != store.live_name():
        hint = "`newsgen publish --release` lifts the hold and publishes"
        message = f"the edition {hold.edition[:12]} is held since {hold.since:%Y-%m-%d %H:%M} UTC"
        return Published(hold.edition, False, 0, None, (), (Problem("warning", "held", message, hint=hint),), {}, True)
    live = store.live()
    difference, problems = None, list[Problem]()
    if live is None or live.name != name or (live.purged and options.force):
        with stopwatch("guards"):
            edition, problems = _looked_at(config, options, built, store, live, name)
        difference = compare(live, edition, config.settings.url, config.settings.base)
        if problems and not options.force:
            return Published(live.name if live else "", False, 0, difference, (), tuple(problems), stopwatch.seconds, True)
        problems = [msgspec.structs.replace(problem, severity="warning") for problem in problems]
        if not options.dry_run:
            with stopwatch("release"):
                live = _go_live(store, msgspec.structs.replace(edition, change=summary(difference)), config)
    if hold and options.release and not options.dry_run:
        store.set_hold(None)
    sent: tuple[Sent, ...] = ()
    if live:
        with stopwatch("send"):
            sent, failed = deliver(config, live, store, options.dry_run)
        problems += failed
        if difference and not failed and not options.dry_run:
            with stopwatch("announce"):
                from newsgen.publish.announce import announce

                problems += announce(config, difference, live)
    published = difference is not None and not options.dry_run
    return Published(live.name if live else "", published, live.size if live else 0, difference, sent, tuple(problems), stopwatch.seconds)


def _looked_at(
    config: Config, options: PublishOptions, built: Sequence[Problem], store: Store, live: Edition | None, name: str
) -> tuple[Edition, list[Problem]]:
    """The edition that the built site makes, not made yet, and what guards say of it."""
    from newsgen.publish import guards

    site = config.paths.output
    files = {path: File(bytes_.hex(), 0) for path, bytes_ in read_manifest(site).items()}
    stories = guards.read_stories(config, Clock(options.at), files, options.jobs, options.thorough)
    edition = Edition(name, live.serial + 1 if live else 1, options.at, files, stories.told)
    had = shown_files(live)
    changed = [path for path, file in files.items() if had.get(path) != file.digest]
    problems = guards.light(live, edition, changed, config)
    if options.thorough:
        problems += guards.thorough(built, changed, stories.secrets, config, options.jobs)
    return edition, problems + guards.space(store, guards.new_bytes(changed, site))


def _go_live(store: Store, edition: Edition, config: Config) -> Edition:
    """Make an edition, or bring one that is kept to what it must be, and flip the link."""
    site = config.paths.output
    if edition.name in store.names():
        before = store.read(edition.name)
        made = store.mend(msgspec.structs.replace(edition, files=before.files, carried=before.carried, purged=before.purged), site)
        made = msgspec.structs.replace(made, purged=())
        store.keep(made)
    else:
        made = store.make(edition, site, config.settings.publish.keep)
    store.flip(made.name)
    return made


def deliver(config: Config, live: Edition, store: Store, dry_run: bool = False) -> tuple[tuple[Sent, ...], list[Problem]]:
    """Send the live edition to all targets; what went wrong at one keeps no other from it. Raises UserError (exit code 2)."""
    chosen = config.settings.publish
    targets = [find_target(target, config.paths.root) for target in chosen.targets]
    files = {path: bytes.fromhex(file.digest) for path, file in (live.files | live.carried).items() if path not in live.purged}
    pages = {output_path(story.route) for story in live.stories}
    first = frozenset(path for path in files if path in pages or not path.endswith(_LEADING))
    sending = Sending(store.release(live.name), files, first, f"Edition {live.name[:12]}: {live.change}")
    sent: list[Sent] = []
    problems: list[Problem] = []
    for target in targets:
        try:
            sent.append(target.send(sending, chosen.max_deletes, dry_run))
        except UserError as error:
            problems.append(error.problem)
    return tuple(sent), problems


def rollback(config: Config, start: str, at: datetime, withheld: bool = False) -> tuple[Published, tuple[str, ...]]:
    """Make an edition live that is kept, of which the name begins with `start` (else the one before), and hold it. Also the files of its
    stories that are no longer in the content folder.

    Raises UserError: 2 where there is no such edition, 4 where another run holds the editions, 5 where it shows articles that are
    withheld now, unless `withheld` allows that.
    """
    from newsgen.publish.guards import withheld_now

    store, stopwatch = Store(config.paths.editions), Stopwatch()
    with ExitStack() as stack:
        if store.names():
            stack.callback(store.lock().release)
        live = store.live()
        edition = store.find(start) if start else _before(store, live)
        files, missing = withheld_now(edition, live, config, at)
        if files and not withheld:
            hint = "`newsgen publish --purge URL` takes pages out of all editions; --withheld goes back all the same"
            message = f"the edition {edition.name[:12]} shows {len(files):,} articles that are withheld now, such as {files[0]}"
            raise UserError(Problem("error", "guard-withheld", message, hint=hint), 5)
        with stopwatch("release"):
            difference = compare(live, edition, config.settings.url, config.settings.base)
            mended = store.mend(edition)
            if mended != edition:
                store.keep(mended)
            store.flip(edition.name)
            store.set_hold(Hold(edition.name, at))
        with stopwatch("send"):
            sent, problems = deliver(config, mended, store)
    return Published(edition.name, True, mended.size, difference, sent, tuple(problems), stopwatch.seconds), tuple(missing)


def _before(store: Store, live: Edition | None) -> Edition:
    """The edition that was published before the live one."""
    older = [edition for edition in store.all() if live is None or edition.serial < live.serial]
    if not older:
        raise settings_error("no-such-edition", "there is no edition before the live one", hint="`newsgen editions` lists them")
    return older[0]


def purge(config: Config, urls: Sequence[str], at: datetime) -> Published:
    """Take pages, or other files, out of all kept editions, the live one too, and forget their titles.

    Raises UserError: 2 where no edition has one of them, 4 where another run holds the editions.
    """
    settings = config.settings
    store = Store(config.paths.editions)
    routes = [route_of(url, settings.base) for url in urls]
    with ExitStack() as stack:
        if store.names():
            stack.callback(store.lock().release)
        editions, stopwatch = store.all(), Stopwatch()
        known = {path for edition in editions for path in (*edition.files, *edition.carried)}
        paths = []
        for route in routes:
            found = [path for path in (output_path(route), output_path(route + "/")) if path in known]
            if not found:
                raise settings_error("no-such-page", f"no kept edition has a page {route}")
            paths.append(found[0])
        gone = {"/" + path.removesuffix("index.html") for path in paths}
        for edition in editions:
            stories = tuple(msgspec.structs.replace(one, title="") if one.route in gone else one for one in edition.stories)
            store.purge(msgspec.structs.replace(edition, stories=stories), paths)
        live = store.live()
        with stopwatch("send"):
            sent, problems = deliver(config, live, store) if live else ((), [])
        problems += [
            Problem("warning", "guard-purged", f"the built site still has /{path}", hint="withhold its article, build and publish")
            for path in paths
            if path in read_manifest(config.paths.output)
        ]
        urls = tuple(address(settings.url, settings.base, path) for path in paths)
        difference = msgspec.structs.replace(_NOTHING, before=live.name, after=live.name, urls=urls) if live else None
    return Published(live.name if live else "", False, live.size if live else 0, difference, sent, tuple(problems), stopwatch.seconds)


_NOTHING = Difference("", "", (), (), (), (), (), (), (), ())
_LEADING = (".html", ".htm", ".xml", ".json", ".txt", "_redirects")  # pages that lead to others, and lists of them
