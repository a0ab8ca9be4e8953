"""A few rounds of `fuzzing`: real articles, data files and settings with random damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzzing import originals, play


@pytest.mark.parametrize("seed", range(12))
def test_nothing_takes_newsgen_by_surprise(tmp_path: Path, seed: int) -> None:
    """Whatever the damage, the exit code is documented, there is no traceback, and no `secured`
    leaks."""
    outcome, wrong = play(tmp_path, seed, originals()[:400], size=20)
    assert not wrong, outcome + "\n" + wrong
