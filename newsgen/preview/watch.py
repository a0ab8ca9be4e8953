"""What changes on the disk, gathered: an editor's many small events become one change of the site."""

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
from typing import NamedTuple

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

_QUIET = 0.015  # seconds without an event after which a change is complete
_PAUSE = 0.1  # the same where many files change, as by a pull: it may be held up between two of them
_OPEN = 0.2  # the same while a file is being written: most editors and `git` are done long before
_CALM = 0.5  # the same before what nobody waits for is done
_LONGEST = 1.5  # whatever never comes to rest is looked at after this
_FEW = 4
_MANY = 2000  # of more files the kernel may have dropped events: all is looked at
_POLL = 0.5
_FOLDERS = (events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent)
_WRITES = (events.FileCreatedEvent, events.FileModifiedEvent)
_ENDS = (events.FileClosedEvent, events.FileMovedEvent, events.FileDeletedEvent, events.FileAttribEvent)
_LOOK = events.DirCreatedEvent("")  # stands for anything that may have happened
_LINUX = sys.platform.startswith("linux")  # inotify tells of files that are closed, and has limits


class Watched(NamedTuple):
    """What is watched, by real paths: all below some folders, single files, and the symbolic links that lead to them."""

    folders: frozenset[str]
    files: frozenset[str]
    links: frozenset[str] = frozenset()

    def has(self, path: str) -> bool:
        """Whether the path is one of the site's inputs, a folder that holds them, or a link that leads there."""
        return (
            path in self.files or path in self.links or any(path == folder or path.startswith(folder + os.sep) for folder in self.folders)
        )


def links_on_the_way(path: str) -> Iterator[str]:
    """The symbolic links that are followed to reach a path, each by the real path of its folder and its own name."""
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
    """Calls `changed` with the real paths of files that changed, or with None where all is to be looked at again; also
    after the seconds that it returned (None: no such time). In quiet it calls `calm`, with what tells whether
    that is over, and `failed` where any of these raised `error`.

    Raises OSError where the system cannot watch that much.
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
        self._watched, self._changed, self._calm, self._failed, self._poll = watched, changed, calm, failed, poll
        self._what, self._there = watched(), frozenset[str]()
        self._events: SimpleQueue[FileSystemEvent | None] = SimpleQueue()
        self._idle = threading.Event()
        self._observer = self._observe()
        self._check_limit()
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _observe(self) -> BaseObserver:
        # folders made inside one another at once are met twice by watchdog, which takes them well but warns of it, in
        # its own thread: on a user's terminal, or as an error that would end the watching of the whole process
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        observer: BaseObserver = PollingObserver(timeout=_POLL) if self._poll else Observer()
        kinds: list[type[FileSystemEvent]] = [*_FOLDERS, *_WRITES, *_ENDS]
        around = {os.path.dirname(path) for paths in self._what for path in paths}  # tell of folders and links that come and go
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
        """Look whether one more folder could be watched: of those below another that cannot be, watchdog says nothing."""
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
        """Take an event of watchdog, in its thread."""
        if self._what.has(os.fsdecode(event.src_path)) or (event.dest_path and self._what.has(os.fsdecode(event.dest_path))):
            self._idle.clear()
            self._events.put(event)

    def settle(self, seconds: float) -> None:
        """Wait until all changes that are known are in the site, so long at most."""
        self._idle.wait(seconds)

    def stop(self) -> None:
        """End the watching."""
        self._events.put(None)
        self._thread.join()
        self._end_observing()

    def _work(self) -> None:
        try:
            due, restless = self._changed(None), True  # since the site was read and before it was watched
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
                if changed is None:  # folders may have come
                    self._check_limit()
                if self._watched() != self._what or self._existing() != self._there:
                    self._renew()
        except Exception as error:
            self.error = error
            self._idle.set()
            self._failed()

    def _renew(self) -> None:
        """Folders came, went, or are others: watch those that are there now, and look at what happened meanwhile."""
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
            self._events.put(None)  # to be met by the next look
        return None if folders or len(paths) > _MANY or not paths.isdisjoint(self._what.links) else paths
