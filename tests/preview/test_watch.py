"""The watcher itself, on real folders."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

from newsgen.preview.watch import Watched, Watcher
from support import PATIENCE


def test_folders_inside_one_another_are_no_warning(tmp_path: Path) -> None:
    """Chains of folders created at once, which watchdog finds twice, neither warn on the terminal
    nor end the watching.
    """
    root = str(tmp_path.resolve())
    last = f"{root}/end/last.md"
    found = threading.Event()

    def changed(paths: set[str] | None) -> None:
        if paths is None and Path(last).exists():
            found.set()

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        watcher = Watcher(
            lambda: Watched(frozenset({root}), frozenset()),
            changed,
            lambda over: None,
            lambda: None,
        )
        for number in range(40):
            (tmp_path / f"{number}/b/c/d/e").mkdir(parents=True)
        Path(last).parent.mkdir()
        Path(last).touch()
        assert found.wait(PATIENCE)
        watcher.stop()
    assert not watcher.error
    assert not warned
