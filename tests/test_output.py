"""What stands in an output's own folder is told from the paths of its files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsgen.store.output import tops

NAMES = st.text("a-.0é", min_size=1, max_size=3)  # signs before and after a slash


@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join)))
def test_tops(paths: set[str]) -> None:
    """Each folder and file on top is found, whatever stands beside it in the order of the paths."""
    assert set(tops(paths)) == {path.partition("/")[0] for path in paths}
