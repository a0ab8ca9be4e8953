"""The cache returns what was stored, even when others write at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.store.cache import Cache, seal
from newsgen.store.records import FileRecord, PageTrace, RenderRecord
from support import rounds

RECORDS = st.builds(
    RenderRecord,
    plan=st.binary(min_size=1, max_size=2),
    routes=st.sampled_from([("/",), ("/", "/a/")]),
    pages=st.binary(max_size=2),
    files=st.sampled_from([(), ("0a",)]),
    summaries=st.binary(max_size=1),
    manifest=st.binary(max_size=1),
)


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([(0, 1), (1, 0), (0,), (1,)]), RECORDS, RECORDS), max_size=5
    )
)
def test_a_render_record_is_of_one_run(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[tuple[int, ...], RenderRecord, RenderRecord]],
) -> None:
    """Runs that share a cache may store their records in any order.

    A read then returns the last one, complete.
    """
    folder = tmp_path_factory.mktemp("cache")
    caches = Cache(folder), Cache(folder)
    last = RenderRecord()
    for who, *made in steps:
        found = [(caches[i], caches[i].last_render()) for i in who]
        for (cache, before), record in zip(found, made, strict=False):
            cache.set_rendered(before, record, [])
            last = record
        assert [cache.last_render() for cache in caches] == [last, last]
    for cache in caches:
        cache.close()


@settings(max_examples=rounds(25))
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["prepare", "begin", "own", "other", "files"]), st.integers(0, 9)
        ),
        max_size=12,
    )
)
def test_what_was_prepared_is_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """Reading ahead, fully or partly, never hides records that another run writes afterwards."""
    folder = tmp_path_factory.mktemp("cache")
    own, other = Cache(folder), Cache(folder)
    files: dict[str, FileRecord] = {}
    for what, number in steps:
        if what == "prepare":
            list(own.prepare("content"))
        elif what == "begin":
            next(own.prepare("content"), None)
        elif what == "files":
            assert own.files("content") == files
        else:
            path = f"{number}.md"
            files[path] = FileRecord(path, len(files), number, 1, 1, what.encode())
            (own if what == "own" else other).update_files("content", files, [path])
    assert own.files("content") == files
    own.close()
    other.close()


def test_only_what_changed_is_kept_anew(tmp_path: Path) -> None:
    """An unchanged field of the record is not written again, and the traces of a run that failed
    are not kept.
    """
    cache = Cache(tmp_path)
    first = RenderRecord(b"plan", ("/",), b"1", ("aa",))
    cache.add_traces([("/", seal(PageTrace("of a run that failed", 1, {})))])
    before = cache.last_render()
    cache.add_traces([("/a/", seal(PageTrace("new page", 1, {})))])
    cache.set_rendered(before, first, [])
    assert cache.trace("/") is None
    assert cache.trace("/a/") == PageTrace("new page", 1, {})
    before = cache.last_render()
    written = cache._db.total_changes
    cache.set_rendered(before, RenderRecord(b"plan", ("/",), b"2", ("aa",)), [])
    assert cache._db.total_changes - written == 1
    assert cache.last_render().pages == b"2"
    cache.close()


def test_a_memo_holds_for_its_key_and_for_this_code(tmp_path: Path) -> None:
    """A memo is computed again for another key, from the value before, and after an update of
    newsgen, from nothing.
    """
    cache, seen = Cache(tmp_path), list[int | None]()

    def compute(before: int | None) -> int:
        seen.append(before)
        return len(seen)

    found = [cache.memo("one", key, int, compute) for key in (b"a", b"a", b"b")]
    assert (found, seen) == ([1, 1, 2], [None, 1])
    cache._db.execute("UPDATE memos SET code = x'00'")
    cache.close()
    cache = Cache(tmp_path)
    assert cache.memo("one", b"b", int, compute) == 3
    assert seen == [None, 1, None]
    cache.close()
