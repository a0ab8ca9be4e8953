"""The output folder: its entries, and the remains of an abandoned run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.store.output import MANIFEST, Output, tops
from support import SmallSite

NAMES = st.text("a-.0é", min_size=1, max_size=3)  # characters that sort before and after a slash


@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join)))
def test_tops(paths: set[str]) -> None:
    """Each top-level folder and file is found, with any neighbours in the sort order."""
    assert set(tops(paths)) == {path.partition("/")[0] for path in paths}


def test_folders_of_a_run_that_was_given_up_go(tmp_path: Path) -> None:
    """Folders above a page that was never written are removed; one with a file in it stays."""
    (tmp_path / "site/news/page").mkdir(parents=True)
    (tmp_path / "site/own").mkdir()
    Output(tmp_path / "site").abandon(["news/page/2/index.html", "own/page/index.html"])
    assert [path.name for path in (tmp_path / "site").iterdir()] == []
    (tmp_path / "site/news").mkdir()
    (tmp_path / "site/news/mine.txt").write_text("x", encoding="utf-8")
    Output(tmp_path / "site").abandon(["news/page/2/index.html"])
    assert (tmp_path / "site/news/mine.txt").exists()


@pytest.mark.parametrize("left", [0, 1, 50, 900])
def test_a_truncated_manifest_is_written_again(site: SmallSite, left: int) -> None:
    """Even if no other file is written, the manifest is restored, so that publish finds it."""
    site.article("one")
    site.build()
    manifest = site.output / MANIFEST
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:left])
    done = site.build()
    assert (done.rendered, done.written) == (0, 0)
    assert manifest.read_bytes() == whole
    assert site.run("publish").returncode == 0
