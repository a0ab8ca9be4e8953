"""Files are replaced atomically, and no partial file stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsgen.core.atomic import clear_parts, replace_file


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_replaced_whole(tmp_path: Path, durable: bool) -> None:
    """The folder is created and holds the file with its bytes, and nothing else."""
    file = tmp_path / "a/b.json"
    for data in (b"one", b"another"):
        replace_file(file, data, durable)
        assert file.read_bytes() == data
    assert os.listdir(file.parent) == ["b.json"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """If a folder has the file's name, the folder stays and no partial file is left."""
    (tmp_path / "a.json/inside").mkdir(parents=True)
    with pytest.raises(OSError, match=r"a\.json"):
        replace_file(tmp_path / "a.json", b"x")
    assert os.listdir(tmp_path) == ["a.json"]


def test_parts_of_killed_processes_go(tmp_path: Path) -> None:
    """The holder of the folder removes partial files of a killed process; other files stay."""
    (tmp_path / ".hold.json.123-456.newsgen-part").write_text("{")
    (tmp_path / "hold.json").write_text("{}")
    clear_parts(tmp_path)
    clear_parts(tmp_path / "nowhere")
    assert os.listdir(tmp_path) == ["hold.json"]
