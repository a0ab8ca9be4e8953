"""Who may see an article, and when time alone changes that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.making import AS_OF, doc, entry, site
from newsgen.content.clock import Clock
from newsgen.content.visibility import is_gone, next_due, page_visible, reasons, visibility
from newsgen.core.model import PlainPage

NOW = "2026-01-31T12:00:00Z"
LATER = "2026-01-31T12:00:01Z"
BEFORE = "2026-01-31T11:59:59Z"


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({}, "visible"),
        ({"published": True}, "visible"),
        ({"published": False}, "hidden"),
        ({"heat": -1, "published": False}, "hidden"),
        ({"publishedDateTime": NOW}, "visible"),
        ({"publishedDateTime": LATER}, "withheld"),
        ({"expires": LATER}, "visible"),
        ({"expires": NOW}, "withheld"),
        ({"expires": BEFORE}, "withheld"),
        ({"draft": True}, "withheld"),
        ({"removed": True}, "withheld"),
        ({"removed": False, "draft": False}, "visible"),
        ({"published": False, "removed": True}, "withheld"),
        ({"published": False, "draft": True}, "withheld"),
        ({"published": False, "publishedDateTime": LATER}, "withheld"),
    ],
)
def test_the_classes(fields: dict[str, Any], seen: str) -> None:
    """Articles are visible, hidden or withheld as documented, to the second."""
    assert visibility(entry(**fields), Clock(AS_OF)) == seen


@pytest.mark.parametrize(
    ("fields", "clock", "seen"),
    [
        ({"draft": True}, Clock(AS_OF, drafts=True), "visible"),
        ({"draft": True, "published": False}, Clock(AS_OF, drafts=True), "hidden"),
        ({"publishedDateTime": LATER}, Clock(AS_OF, future=True), "visible"),
        ({"draft": True, "publishedDateTime": LATER}, Clock(AS_OF, drafts=True), "withheld"),
        ({"draft": True, "publishedDateTime": LATER}, Clock(AS_OF, future=True), "withheld"),
        ({"draft": True, "publishedDateTime": LATER}, Clock(AS_OF, True, True), "visible"),
        ({"removed": True}, Clock(AS_OF, True, True), "withheld"),
        ({"expires": BEFORE}, Clock(AS_OF, True, True), "withheld"),
    ],
)
def test_what_is_lifted(fields: dict[str, Any], clock: Clock, seen: str) -> None:
    """--drafts shows only drafts in addition, and --future only scheduled articles."""
    assert visibility(entry(**fields), clock) == seen


times = st.integers(-3, 3).map(lambda days: (AS_OF + timedelta(days=days)).isoformat())
entries = st.builds(
    entry,
    publishedDateTime=times,
    expires=st.none() | times,
    draft=st.booleans(),
    removed=st.booleans(),
    published=st.booleans(),
)


@given(entries, st.booleans(), st.booleans())
def test_reasons_agree_with_the_class(found: Any, drafts: bool, future: bool) -> None:
    """An article without a reason is visible, one that is only unpublished is hidden, and any other
    is withheld.
    """
    clock = Clock(AS_OF, drafts, future)
    classes = {(): "visible", ("unpublished",): "hidden"}
    assert visibility(found, clock) == classes.get(reasons(found, clock), "withheld")


@given(st.lists(entries, max_size=4), st.booleans(), st.booleans())
def test_nothing_changes_before_the_next_due_instant(
    found: list[Any], drafts: bool, future: bool
) -> None:
    """Until `next_due` the visibility of every article stays the same; without one, for ever."""
    now = Clock(AS_OF, drafts, future)
    due = next_due(found, [], now)
    assert due is None or due > AS_OF
    last = due - timedelta(seconds=1) if due else datetime(9000, 1, 1, tzinfo=UTC)
    then = Clock(last, drafts, future)
    assert [visibility(one, now) for one in found] == [visibility(one, then) for one in found]


def test_the_next_due_instant_is_the_first_one() -> None:
    """Of a scheduled article and an expiring one, the earlier time is due; with --future, only the
    expiry is.
    """
    found = [
        entry(publishedDateTime="2026-02-01"),
        entry(expires="2026-02-02"),
        entry(expires="2026-01-01"),
    ]
    assert next_due(found, [], Clock(AS_OF)) == datetime(2026, 2, 1, tzinfo=UTC)
    assert next_due(found, [], Clock(AS_OF, future=True)) == datetime(2026, 2, 2, tzinfo=UTC)
    assert next_due(found[2:], [], Clock(AS_OF)) is None


def test_updates_and_corrections_to_come_are_due() -> None:
    """The first future update or correction is due, but none with --future."""
    found = [
        entry(
            updated="2026-02-03",
            corrections=[{"date": "2026-02-02", "text": "x"}, {"date": "2026-01-31", "text": "y"}],
        )
    ]
    assert next_due(found, [], Clock(AS_OF)) == datetime(2026, 2, 2, tzinfo=UTC)
    assert next_due(found, [], Clock(datetime(2026, 2, 2, tzinfo=UTC))) == datetime(
        2026, 2, 3, tzinfo=UTC
    )
    assert next_due(found, [], Clock(AS_OF, future=True)) is None


def test_plain_pages_are_drafts_or_expire() -> None:
    """A plain page is visible unless it is a draft or expired, and its expiry is due."""
    page = PlainPage("T", "", False, "", False, datetime(2026, 2, 1, tzinfo=UTC), "", (), False)
    assert page_visible(page, Clock(AS_OF))
    assert not page_visible(page, Clock(datetime(2026, 2, 1, tzinfo=UTC)))
    assert next_due([], [page], Clock(AS_OF)) == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        ({"removed": True, "gone": True}, True),
        ({"removed": True}, False),
        ({"gone": True}, False),
        ({"removed": True, "gone": True, "published": False}, False),
        ({"removed": True, "gone": True, "draft": True}, False),
        ({"removed": True, "gone": True, "publishedDateTime": LATER}, False),
    ],
)
def test_what_is_told_to_be_gone(fields: dict[str, Any], gone: bool) -> None:
    """Only a removed article with `gone` leaves a note at its address."""
    assert is_gone(entry(**fields), Clock(AS_OF)) is gone


def test_only_the_visible_are_in_the_site() -> None:
    """Hidden and withheld articles have no story, and their topics and sources no group."""
    kinds: dict[str, dict[str, Any]] = {
        "hidden": {"published": False},
        "removed": {"removed": True},
        "draft": {"draft": True},
    }
    kinds |= {"future": {"publishedDateTime": LATER}, "expired": {"expires": NOW}}
    documents = [
        doc(
            f"{name}.md",
            topics=[name],
            provider={"name": name},
            webUrl=f"https://{name}.example/x",
            category=name,
            **fields,
        )
        for name, fields in kinds.items()
    ]
    made = site([*documents, doc("seen.md")])
    assert [story.document.path for story in made.stories] == ["seen.md"]
    assert [group.label.name for group in (*made.topics, *made.sources, *made.categories)] == [
        "AI",
        "Paper",
        "news",
    ]
