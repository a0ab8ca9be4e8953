"""Work in a process of its own leaves nothing but what it stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsgen.core.apart import apart
from newsgen.core.engine import may_fork


def test_work_apart_changes_files_and_no_values(tmp_path: Path) -> None:
    """What it writes is there, also if it fails then; what it remembers is not."""
    if not may_fork():
        pytest.skip("this process cannot be forked safely")
    seen: list[int] = []

    def work() -> None:
        seen.append(1)
        (tmp_path / "written").write_text("yes")
        raise ValueError

    apart(work)
    assert (tmp_path / "written").read_text() == "yes"
    assert not seen
