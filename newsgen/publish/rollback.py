"""Roll back: make an earlier edition live again, or remove pages from all editions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime

from msgspec import structs

from newsgen.build.inputs import Stopwatch
from newsgen.builder.route_table import output_path
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.scan import BESIDE, read_file
from newsgen.content.visibility import visibility
from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError, settings_error
from newsgen.publish.caches import purge_caches
from newsgen.publish.diff import Difference, address, compare
from newsgen.publish.edition_images import images_of
from newsgen.publish.editions import Edition, Hold, Store, all_files
from newsgen.publish.publish import Published, deliver
from newsgen.store.output import read_manifest

_NOTHING = Difference("", "", (), (), (), (), (), (), (), ())


def rollback(
    config: Config, start: str, at: datetime, withheld: bool = False
) -> tuple[Published, tuple[str, ...]]:
    """Make a kept edition live and hold it.

    Return the result and its stories' missing content files.

    `start` is the start of the edition's name; "" means the edition before the live one.

    Raises UserError: exit code 2 for an unknown edition, 4 if another run holds the editions, 5 if
    the edition shows articles that are withheld now, unless `withheld` allows that.
    """
    store, stopwatch = Store(config.paths.editions), Stopwatch()
    with ExitStack() as stack:
        if store.names():
            stack.callback(store.lock().release)
        live = store.live()
        edition = store.find(start) if start else _before(store, live)
        files, missing = _withheld_now(edition, live, config, at)
        if files and not withheld:
            hint = (
                "`newsgen publish --purge URL` takes pages out of all editions; --withheld "
                "allows this edition"
            )
            message = (
                f"the edition {edition.name[:12]} shows {count(len(files), 'article')} "
                f"withheld now, such as {files[0]}"
            )
            raise UserError(Problem("error", "guard-withheld", message, hint=hint), 5)
        with stopwatch("release"):
            difference = compare(live, edition, config.settings.url, config.settings.base)
            repaired = store.repair(edition, live)
            if repaired != edition:
                store.keep(repaired)
            store.set_hold(
                Hold(edition.name, at)
            )  # first, so that a nightly run in between publishes nothing
            store.flip(edition.name)
        with stopwatch("send"):
            sent, problems = deliver(config, repaired, store.release(edition.name))
        problems += purge_caches(config, difference.urls)
    return Published(
        edition.name, True, repaired.size, difference, sent, tuple(problems), stopwatch.seconds
    ), tuple(missing)


def _before(store: Store, live: Edition | None) -> Edition:
    """Return the edition published before the live one."""
    for head in store.heads():
        if live is None or head.serial < live.serial:
            return store.read(head.name)
    raise settings_error(
        "no-such-edition",
        "there is no edition before the live one",
        hint="`newsgen editions` lists them",
    )


def purge(config: Config, urls: Sequence[str]) -> Published:
    """Remove pages or other files from all kept editions, including the live one, and their titles.

    Raises UserError: exit code 2 if no edition has one of them, 4 if another run holds the
    editions.
    """
    from newsgen.inspect.why import route_of

    settings, store = config.settings, Store(config.paths.editions)
    routes = [route_of(url, settings.base) for url in urls]
    with ExitStack() as stack:
        if store.names():
            stack.callback(store.lock().release)
        editions, stopwatch = list(map(store.read, store.names())), Stopwatch()
        paths = _files_at(routes, editions)
        others = {file for edition in editions for file in _shown_on(store, edition, paths)}
        _remove(paths, editions, store)
        live = store.live()
        with stopwatch("send"):
            sent, problems = deliver(config, live, store.release(store.live_name()))
        if live and problems and store.untold() is None:
            store.set_untold(
                live.name
            )  # nothing to announce, but this makes the next nightly run due
        problems += _still_built(paths, config)
        problems += [_offered(file, config) for file in sorted(others - set(paths))]
        urls = tuple(address(settings.url, settings.base, path) for path in paths)
        problems += purge_caches(config, urls)
        difference = (
            structs.replace(_NOTHING, before=live.name, after=live.name, urls=urls)
            if live
            else None
        )
    return Published(
        live.name if live else "",
        False,
        live.size if live else 0,
        difference,
        sent,
        tuple(problems),
        stopwatch.seconds,
    )


def _files_at(routes: Sequence[str], editions: Sequence[Edition]) -> list[str]:
    """Return the file of each route. Raises UserError (exit code 2) if no edition has it."""
    known = {path for edition in editions for path in (*edition.files, *edition.carried)}
    paths = []
    for route in routes:
        found = [path for path in (output_path(route), output_path(route + "/")) if path in known]
        if not found:
            raise settings_error("no-such-page", f"no kept edition has a page {route}")
        paths.append(found[0])
    return paths


def _remove(paths: Sequence[str], editions: Sequence[Edition], store: Store) -> None:
    """Remove files from editions, and the titles of the stories that they show."""
    gone = {"/" + path.removesuffix("index.html") for path in paths}
    for edition in editions:
        stories = tuple(
            structs.replace(one, title="") if one.route in gone else one for one in edition.stories
        )
        store.purge(structs.replace(edition, stories=stories), paths)


def _still_built(paths: Sequence[str], config: Config) -> list[Problem]:
    """Return a warning for each file that the next publication would bring back."""
    hint = "withhold its article, build and publish"
    built = read_manifest(config.paths.output)
    return [
        Problem("warning", "guard-purged", f"the built site still has /{path}", hint=hint)
        for path in paths
        if path in built
    ]


def _shown_on(store: Store, edition: Edition, paths: Sequence[str]) -> Iterator[str]:
    """Yield the copies of images that these pages of an edition show, and the files beside those
    that are stories'.
    """
    files, folder = all_files(edition), store.release(edition.name)
    stories = {output_path(story.route) for story in edition.stories}
    for path in paths:
        if path.endswith(".html"):
            yield from images_of(str(folder / path), files)
        if path in stories:
            beside = path.removesuffix("index.html")
            yield from (file for file in files if file.startswith(beside) and file.endswith(BESIDE))


def _offered(file: str, config: Config) -> Problem:
    url = address(config.settings.url, config.settings.base, file)
    message = f"/{file} was on a page that is purged; it stays"
    return Problem(
        "warning",
        "image-not-purged",
        message,
        hint=f"if no other page needs it: newsgen publish --purge {url}",
    )


def _withheld_now(
    edition: Edition, live: Edition | None, config: Config, at: datetime
) -> tuple[list[str], list[str]]:
    """Return those content files of an edition's stories that are withheld now, and those missing.

    Reads only files that changed since the live edition was published, or that it does not show.
    """
    settings, content = config.settings, f"{config.paths.content}/"
    shown = {story.file for story in live.stories} if live else set()
    since = live.published.timestamp() if live else 0.0
    withheld, missing = [], []
    for story in edition.stories:
        path = content + story.file
        try:
            if story.expires and story.expires <= at:
                withheld.append(story.file)
            elif story.file not in shown or os.stat(path).st_mtime >= since:
                from newsgen.content.aliases import hints_of
                from newsgen.content.derive import meta_of
                from newsgen.content.loader import Options, load_article

                options = Options(
                    settings.timezone,
                    "commonmark",
                    (),
                    settings.base,
                    settings.language,
                    budgets=settings.budgets,
                    fields=settings.fields,
                )
                data = read_file(path)
                article = load_article(data, options, hints_of(story.file, data)).record
                if article and visibility(meta_of(article), Clock(at)) == "withheld":
                    withheld.append(story.file)
        except OSError:
            missing.append(story.file)
    return withheld, missing
