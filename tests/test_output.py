"""The entries of an output folder follow from the paths of its files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsgen.store.output import tops

NAMES = st.text("a-.0é", min_size=1, max_size=3)  # characters that sort before and after a slash


@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join)))
def test_tops(paths: set[str]) -> None:
    """Each top-level folder and file is found, whatever sorts next to it."""
    assert set(tops(paths)) == {path.partition("/")[0] for path in paths}
