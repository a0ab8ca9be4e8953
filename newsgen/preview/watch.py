"""Watch the disk and collect events: an editor's many small events become one change."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserverVFS

_QUIET = 0.015  # seconds without an event that complete a change
_PAUSE = 0.1  # the same when many files change, as in `git pull`, which may stall between two
_OPEN = 0.2  # the same while a file is being written; most editors and `git` are faster
_CALM = 0.5  # the same before background checks start
_LONGEST = 1.5  # seconds after which a change that never settles is handled anyway
_FEW = 4
_MANY = 2000  # with more files the kernel may have dropped events, so everything is checked
_POLL = 0.5
_FOLDERS = (events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent)
_WRITES = (events.FileCreatedEvent, events.FileModifiedEvent)
_ENDS = (
    events.FileClosedEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.FileAttribEvent,
)
_LOOK = events.DirCreatedEvent("")  # means that anything may have changed
_LINUX = sys.platform.startswith("linux")  # inotify reports closed files, and limits the watches


class Watched(NamedTuple):
    """What to watch, by real paths.

    `folders` are watched with everything below, and `links` are the symlinks that lead to them or
    to `files`.
    """

    folders: frozenset[str]
    files: frozenset[str]
    links: frozenset[str] = frozenset()

    def has(self, path: str) -> bool:
        """Return whether a path is an input, a folder with inputs, or a link to one."""
        return (
            path in self.files
            or path in self.links
            or any(path == folder or path.startswith(folder + os.sep) for folder in self.folders)
        )


class _Stat(NamedTuple):
    """The part of a stat that watchdog compares between two polls."""

    st_ino: int
    st_dev: int
    st_mode: int
    st_size: int
    st_mtime: tuple[int, int]


def _changed_stat(path: str) -> Any:
    """Return a stat whose time also changes if a file is written in place and its time reset.

    Only the system sets `ctime` (see `content/scan.py`).
    """
    info = os.stat(path)
    return _Stat(
        info.st_ino, info.st_dev, info.st_mode, info.st_size, (info.st_mtime_ns, info.st_ctime_ns)
    )


def links_on_the_way(path: str) -> Iterator[str]:
    """Yield the symbolic links on the way to a path.

    Each is the real path of its folder joined with its own name.
    """
    absolute = Path(os.path.abspath(path))
    here, pending, met = absolute.anchor, [*reversed(absolute.parts[1:])], set[str]()
    while pending:
        part = pending.pop()
        place = os.path.join(here, part)
        if part == os.pardir:
            here = os.path.dirname(here)
        elif place not in met and os.path.islink(place):
            met.add(place)
            yield place
            target = Path(os.readlink(place))
            here = target.anchor or here
            pending += reversed(target.parts[bool(target.anchor) :])
        else:
            here = place


class Watcher(FileSystemEventHandler):
    """Watches a site's files and calls back.

    `changed` gets the real paths of changed files, or None if everything must be checked. It
    returns the seconds after which it wants to be called again (None: never). `calm` is called when
    nothing happens; its argument tells whether that is over. `failed` is called after any of these
    raised, with the exception in `error`.

    Raises OSError if the system cannot watch so many files.
    """

    def __init__(
        self,
        watched: Callable[[], Watched],
        changed: Callable[[set[str] | None], float | None],
        calm: Callable[[Callable[[], bool]], None],
        failed: Callable[[], None],
        poll: bool = False,
        polls: Callable[[OSError], None] = lambda error: None,
    ) -> None:
        self._polls = polls
        self._watched, self._changed, self._calm, self._failed, self._poll = (
            watched,
            changed,
            calm,
            failed,
            poll,
        )
        self._what, self._there = watched(), frozenset[str]()
        self._events: SimpleQueue[FileSystemEvent | None] = SimpleQueue()
        self._idle = threading.Event()
        self._observer = self._observe()
        self._check_limit()
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _observe(self) -> BaseObserver:
        # watchdog finds nested folders created at once twice. It copes, but warns in its own
        # thread: on the user's terminal, or as an error that would end all watching in this
        # process.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        observer: BaseObserver = (
            PollingObserverVFS(_changed_stat, os.scandir, polling_interval=_POLL)
            if self._poll
            else Observer()
        )
        kinds: list[type[FileSystemEvent]] = [*_FOLDERS, *_WRITES, *_ENDS]
        around = {
            os.path.dirname(path) for paths in self._what for path in paths
        }  # report folders and links that come and go
        self._there = self._existing()
        try:
            for folder in self._there | {folder for folder in around if os.path.isdir(folder)}:
                observer.schedule(self, folder, recursive=folder in self._there, event_filter=kinds)
            observer.start()
        except OSError as error:
            if self._poll:
                raise
            observer.stop()
            return self._poll_instead(error)
        return observer

    def _poll_instead(self, error: OSError) -> BaseObserver:
        self._poll = True
        self._polls(error)
        return self._observe()

    def _check_limit(self) -> None:
        """Fall back to polling if the system cannot watch one more folder.

        watchdog says nothing if it cannot watch a subfolder.
        """
        if self._poll or not _LINUX:
            return
        with TemporaryDirectory(prefix="newsgen-") as folder:
            try:
                self._observer.unschedule(self._observer.schedule(FileSystemEventHandler(), folder))
            except OSError as error:
                self._end_observing()
                self._observer = self._poll_instead(error)
                self._events.put(_LOOK)

    def _end_observing(self) -> None:
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Queue an event from watchdog, in its thread."""
        if self._what.has(os.fsdecode(event.src_path)) or (
            event.dest_path and self._what.has(os.fsdecode(event.dest_path))
        ):
            self._idle.clear()
            self._events.put(event)

    def settle(self, seconds: float) -> None:
        """Wait until all known changes are applied, at most so many seconds."""
        self._idle.wait(seconds)

    def stop(self) -> None:
        """Stop watching."""
        self._events.put(None)
        self._thread.join()
        self._end_observing()

    def _work(self) -> None:
        try:
            due, restless = (
                self._changed(None),
                True,
            )  # changes after the site was read and before it was watched
            while True:
                if self._events.empty():
                    self._idle.set()
                try:
                    event = self._events.get(timeout=_CALM if restless else due)
                except Empty:
                    if restless:
                        self._calm(lambda: not self._events.empty())
                    else:
                        due = self._changed(set())
                    restless = not restless
                    continue
                if event is None:
                    return
                self._idle.clear()
                changed = self._gather(event)
                due, restless = self._changed(changed), True
                if changed is None:  # there may be new folders
                    self._check_limit()
                if self._watched() != self._what or self._existing() != self._there:
                    self._renew()
        except Exception as error:
            self.error = error
            self._idle.set()
            self._failed()

    def _renew(self) -> None:
        """Watch the folders that exist now, and check what changed meanwhile."""
        self._what = self._watched()
        self._end_observing()
        self._observer = self._observe()
        self._events.put(_LOOK)

    def _existing(self) -> frozenset[str]:
        return frozenset(filter(os.path.isdir, self._what.folders))

    def _gather(self, event: FileSystemEvent | None) -> set[str] | None:
        start = time.monotonic()
        paths: set[str] = set()
        being_written: set[str] = set()
        folders = False
        while event is not None:
            folders = folders or isinstance(event, _FOLDERS)
            touched = {os.fsdecode(path) for path in (event.src_path, event.dest_path) if path}
            paths |= touched
            if isinstance(event, _WRITES) and _LINUX and not self._poll:
                being_written |= touched
            else:
                being_written -= touched
            left = start + _LONGEST - time.monotonic()
            try:
                quiet = _OPEN if being_written else _PAUSE if len(paths) > _FEW else _QUIET
                event = self._events.get(timeout=max(0, min(quiet, left)))
            except Empty:
                break
        else:
            self._events.put(None)  # the main loop reads it
        return (
            None
            if folders or len(paths) > _MANY or not paths.isdisjoint(self._what.links)
            else paths
        )
