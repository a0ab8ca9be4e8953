"""The nightly job: feeds, images, build, guards, publishing, and a report.

If it fails, the live edition stays live.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, get_args

from msgspec import structs

from newsgen.build.inputs import Result, check_inputs, load_outcome
from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core.engine import local
from newsgen.core.problems import Problem, UserError, any_died, locate_all
from newsgen.core.progress import Progress, quiet
from newsgen.gather.feeds_file import feeds_file
from newsgen.publish.editions import Store
from newsgen.publish.publish import Published, PublishOptions, exit_code, now, publish
from newsgen.publish.report import NightlyRun, write_report
from newsgen.store.open_cache import use_cache
from newsgen.store.output import Output

Log = Callable[[str, dict[str, Any]], None]


def is_due(config: Config, at: datetime) -> bool:
    """Return whether a nightly job would have anything to do.

    That is so if an input or the clock changes the site, or if the built site is not live
    everywhere.
    """

    def known(cache: Any, _: object) -> Result | None:
        return load_outcome(cache, check_inputs(config, Clock(at)).digest, config.paths.output, at)

    store = Store(config.paths.editions)
    result = use_cache(config.paths.cache, known)
    live = store.live_head()
    is_live = live is not None and result is not None and live.is_of(result.edition)
    return result is None or (store.hold() is None and (not is_live or store.untold() is not None))


def gather_feeds(
    config: Config, jobs: int, log: Log, progress: Progress = quiet
) -> tuple[Problem, ...]:
    """Gather the feeds of a site that has feeds.yaml, and return the problems. Every problem is a
    warning: the job continues with the articles that exist.
    """
    if not config.settings.nightly.gather or not feeds_file(config).exists():
        return ()
    from newsgen.gather.gather import Action, gather

    try:
        minutes = config.settings.nightly.gather_minutes
        found = gather(config, now(), jobs, progress, minutes=minutes)
    except UserError as error:
        return (structs.replace(error.problem, severity="warning"),)
    told = {action: found.number(action) for action in get_args(Action)}
    log("gathered", {"feeds": found.feeds, "failed": found.failed, **told})
    return found.problems


def nightly(
    config: Config,
    jobs: int,
    log: Log,
    progress: Progress = quiet,
    strict: bool = False,
    gathered: Sequence[Problem] = (),
    uncopied: UserError | None = None,
) -> NightlyRun:
    """Run the whole job, except for gathering feeds, whose problems are `gathered`, and copying the
    content of a bucket. If that failed with the error `uncopied`, the job only reports it.

    `log` is called after each stage, and `progress` during the build. Problems that a user can fix
    are in the result, not raised. For `strict` see PublishOptions.

    Raises UserError: exit code 4 if another nightly job is running, 3 if the report cannot be
    written.
    """
    lock = Output(config.paths.editions / "reports").lock(False)
    try:
        night = _run(config, jobs, log, progress, strict, gathered, uncopied)
        write_report(night, config)
        return night
    finally:
        lock.release()


def _run(
    config: Config,
    jobs: int,
    log: Log,
    progress: Progress,
    strict: bool,
    gathered: Sequence[Problem],
    uncopied: UserError | None,
) -> NightlyRun:
    started, result, published = now(), None, None
    problems = [*gathered]
    seconds: dict[str, float] = {}
    code = 0
    try:
        if uncopied:
            raise uncopied
        problems += _fetch_images(config, started, jobs, progress)
        result = build(config, BuildOptions(Clock(started), local(jobs)), progress)
        seconds |= result.seconds
        problems += result.problems
        told = {
            "articles": result.articles,
            "pages": result.pages,
            "rendered": result.rendered,
            "problems": len(result.problems),
        }
        log("built", told | {"unchanged": result.unchanged})
        published = publish(
            config, PublishOptions(started, jobs, thorough=True, strict=strict), result.problems
        )
        seconds |= published.seconds
        problems += published.problems
    except UserError as error:
        problems.append(error.problem)
        code = error.exit_code
    outcome = _outcome(published)
    if published and outcome != "held":
        code = 5 if published.stopped else exit_code(published) or int(any_died(problems))
    live = published.edition if published else Store(config.paths.editions).live_name()
    log(outcome, {"edition": live, "exit": code})
    return NightlyRun(
        started=started,
        ended=now(),
        outcome=outcome,
        exit=code,
        edition=live,
        articles=result.articles if result else 0,
        pages=result.pages if result else 0,
        rendered=result.rendered if result else 0,
        size=published.size if published else 0,
        seconds=seconds,
        difference=published.difference if published else None,
        sent=published.sent if published else (),
        slow=result.templates if result else (),
        due=result.due if result else None,
        problems=tuple(locate_all(problems, config.paths.root)),
        left_out=published.left_out if published else (),
    )


def _fetch_images(
    config: Config, at: datetime, jobs: int, progress: Progress
) -> tuple[Problem, ...]:
    """Download images if the settings say so, and return the problems. Every problem is a warning:
    publishing without new images is better than not publishing.
    """
    chosen = config.settings.nightly
    if not chosen.fetch:
        return ()
    from newsgen.inspect.images import fetch

    try:
        return fetch(config, Clock(at), jobs, progress, minutes=chosen.fetch_minutes).problems
    except UserError as error:
        return (structs.replace(error.problem, severity="warning"),)


def _outcome(published: Published | None) -> str:
    if published is None:
        return "failed"
    if published.stopped:
        return (
            "held" if all(problem.code == "held" for problem in published.problems) else "stopped"
        )
    return "published" if published.published else "unchanged"
