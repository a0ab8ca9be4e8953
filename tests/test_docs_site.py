"""The documentation as a site: `make docs`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support import ROOT


def pages(nav: Any) -> Iterator[str]:
    """Return the files of a navigation."""
    for entry in nav:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else pages(value)


def build(place: Path) -> subprocess.CompletedProcess[str]:
    """Build the documentation in a folder, as `make docs` does."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def test_the_docs_are_a_site(tmp_path: Path) -> None:
    """A strict build has every page, in the navigation or as a decision, and a search index; a
    broken link stops it.
    """
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    done = build(tmp_path)
    assert done.returncode == 0, done.stdout
    site = tmp_path / "docs-site"
    found = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    nav = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    assert {*pages(nav)} == {path for path in found if not path.startswith("decisions/")}
    for path in found:
        place = path.removesuffix("index.md") if path == "index.md" else path.removesuffix(".md")
        assert (site / place / "index.html").is_file()
    index = json.loads((site / "search.json").read_text("utf-8"))
    assert any("guard" in item["text"] for item in index["items"])
    assert "fonts.googleapis.com" not in (site / "index.html").read_text("utf-8")
    with (tmp_path / "docs/index.md").open("a", encoding="utf-8") as page:
        page.write("\n[No such heading](settings.md#no-such-heading)\n")
    assert build(tmp_path).returncode != 0
