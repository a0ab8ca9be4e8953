"""Reading an article, making the Site and planning its pages have no side effects: checked with
Python's audit events.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builder.making import doc, planning
from newsgen.content.data import Data, NameFact, OrganizationFact
from newsgen.pages.plan import PLANNERS

# The audit events (docs.python.org/3/library/audit_events.html) of files, processes, the network
# and databases.
OUTSIDE = (
    "open",
    "os.",
    "pathlib.",
    "glob.",
    "shutil.",
    "tempfile.",
    "subprocess.",
    "socket.",
    "urllib.",
    "http.",
    "sqlite3.",
    "fcntl.",
)


class Watch:
    """An audit hook, which cannot be removed: it ignores events unless it is told to watch."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.thread = 0
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if threading.get_ident() == self.thread and event.startswith(OUTSIDE):
            self.seen.append(f"{event} {arguments!r:.100}")

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        self.seen.clear()
        self.thread = threading.get_ident()
        try:
            yield self.seen
        finally:
            self.thread = 0


WATCH = Watch()
DATA = Data(
    (NameFact("AI", "ai", 0), NameFact("ML", "ml", 1, "AI")),
    (OrganizationFact("The Paper", "paper.example"),),
)


def everything() -> int:
    """Read articles of all kinds, make their site, plan all its pages, and return their number."""
    documents = [
        doc(
            f"{i}.md", topics=["AI", "Café"], tags=["x"], authors=["A"], title=f"NISTâ€™s &amp; {i}"
        )
        for i in range(9)
    ]
    documents += [
        doc(
            "c.md",
            related=[{"title": "Story 1.md"}, {"title": "x", "webUrl": "https://é.example/ü“"}],
        ),
        doc("d.md", corrections=[{"date": "2026-01-30", "text": "x"}], aliases=["/old/"]),
        doc(
            "e.md",
            title="&#8217;",
            expires="2026-02-01",
            category="opinion",
            publishedDateTime="2025-01-01 10:00 +1",
        ),
        doc("f.md", published=False),
        doc("g.md", removed=True, gone=True),
    ]
    plan = planning(
        documents, DATA, per_page=2, timezone="Asia/Tokyo", url="https://wire.example/base"
    )
    return sum(1 for planner in PLANNERS for _ in planner(plan))


def test_the_watch_sees() -> None:
    """Access to the outside is noticed, so the next test is effective."""
    with WATCH.watching() as seen, pytest.raises(FileNotFoundError):
        Path("/nowhere/at/all").read_bytes()
    assert [event.split()[0] for event in seen] == ["open"]


def test_reading_building_and_planning_touch_nothing() -> None:
    """Once modules and zones are loaded, no file is opened, no process started and no socket made,
    from bytes to planned pages.
    """
    pages = everything()
    with WATCH.watching() as seen:
        assert everything() == pages > 50
    assert seen == []
