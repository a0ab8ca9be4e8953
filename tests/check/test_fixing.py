"""`newsgen check --fix`: files are repaired whole or not at all, and the built site stays the
same.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsgen.check.fixing import replace_file
from support import CORPUS, SmallSite, newsgen, read_tree

CLOCK = ("--as-of", "2026-01-31T12:00")
SECRET = "c2VjcmV0LXZhbHVlLW9mLXRoaXM=;aGVyZQ=="
DIRTY = f"""---
title: 'A  B'  # two spaces
publishedDateTime: 2026-01-30
excerpt: "C &amp; D"
secured: "{SECRET}"
---
Text  &amp; more.
"""


def test_repairs_are_written_back(site: SmallSite) -> None:
    """Values are repaired; other files, their times and the file's permissions stay, and a second
    run does nothing.
    """
    file = site.write("content/dirty.md", DIRTY)
    file.chmod(0o640)
    page = site.write("content/pages/about.md", "---\r\ntitle: A &amp; B\r\n---\r\n")
    times = {name: (site.root / f"content/{name}.md").stat().st_mtime_ns for name in ("one", "two")}
    done = site.run("check", "--fix", *CLOCK)
    assert done.returncode == 0
    assert "3 values in 2 files fixed; 3 articles, " in done.stderr
    assert "0 errors, 0 warnings, 0 repairs" in done.stderr
    assert file.read_text() == DIRTY.replace("A  B", "A B").replace("C &amp; D", "C & D")
    assert page.read_bytes() == b"---\r\ntitle: A & B\r\n---\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert times == {name: (site.root / f"content/{name}.md").stat().st_mtime_ns for name in times}
    assert sorted(path.name for path in (site.root / "content").iterdir()) == [
        "dirty.md",
        "one.md",
        "pages",
        "two.md",
    ]
    stamp = file.stat().st_mtime_ns
    assert json.loads(site.run("check", "--fix", "--json", *CLOCK).stdout)["fixed"] == []
    assert file.stat().st_mtime_ns == stamp


def test_a_dry_run_shows_what_would_change(site: SmallSite) -> None:
    """The diff has the changed lines and nothing is written; no diff has a line that may hold a
    part of `secured`.
    """
    file = site.write("content/dirty.md", DIRTY)
    flow = site.write(
        "content/flow.md",
        f"---\n{{title: 'A  B', publishedDateTime: 2026-01-30, secured: '{SECRET}'}}\n---\n",
    )
    before = [file.read_bytes(), flow.read_bytes()]
    done = site.run("check", "--fix", "--dry-run", *CLOCK)
    assert done.stdout.startswith(
        "--- content/dirty.md\n+++ content/dirty.md\n@@ -2,1 +2,1 @@\n-title: 'A  B'  # two "
        "spaces\n+title: 'A B'  # two spaces\n"
        '@@ -4,1 +4,1 @@\n-excerpt: "C &amp; D"\n+excerpt: "C & D"\n'
    )
    assert done.stdout.count("is not shown") == 2
    assert done.stderr == "3 values in 2 files would be fixed\n"
    assert [file.read_bytes(), flow.read_bytes()] == before
    for said in (
        done.stdout,
        site.run("check", "--fix", "--dry-run", "--json", *CLOCK).stdout,
        site.run("check", "-v", *CLOCK).stdout,
    ):
        assert SECRET[:20] not in said
    assert site.run("check", "--dry-run", *CLOCK).returncode == 2


def test_a_link_is_followed(site: SmallSite) -> None:
    """The target of a link within the folder is repaired, and the link stays a link."""
    file = site.write("content/.kept/dirty.md", DIRTY)
    link = site.root / "content/link.md"
    link.symlink_to(".kept/dirty.md")
    site.run("check", "--fix", *CLOCK)
    assert link.is_symlink()
    assert "C & D" in file.read_text()


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """A file that changed after it was read stays, and no temporary file is left."""
    file = tmp_path / "a.md"
    file.write_bytes(b"one")
    before = file.stat()
    file.write_bytes(b"another")
    assert not replace_file(str(file), b"repaired", before)
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"another", ["a.md"])
    assert replace_file(str(file), b"repaired", file.stat())
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"repaired", ["a.md"])


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_what_cannot_be_written_is_told(site: SmallSite) -> None:
    """A file that does not fit on the disk stays whole and is reported; the others are repaired,
    and no partial file is left.
    """
    big = site.write("content/big.md", DIRTY + "x" * 30_000)
    other = site.write("content/dirty.md", DIRTY)
    before = big.read_bytes()
    program = "import sys; from pathlib import Path; from newsgen.check.fixing import fix_content; "
    program += "from newsgen.config.settings import load_config; "
    program += (
        "print([(p.code, p.file) for p in fix_content(load_config(Path('.')), 1, False).problems])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=limit_files,
    )
    assert done.stdout == "[('cannot-write', 'content/big.md')]\n"
    assert big.read_bytes() == before
    assert "C & D" in other.read_text()
    assert len(os.listdir(site.root / "content")) == 4


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["dirt", "powerapps/_news", "diablo4/_news"])
def test_the_built_site_stays_the_same(name: str, tmp_path: Path) -> None:
    """Some 300 real articles are repaired, their site stays the same byte for byte, and a second
    run repairs nothing.
    """
    files = sorted(file for file in (CORPUS / name).rglob("*") if file.is_file())
    for file in files[:: max(1, len(files) // 300)]:
        copy = tmp_path / "content" / file.relative_to(CORPUS / name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    (tmp_path / "newsgen.yaml").write_text("title: T\nurl: https://wire.example\n")
    assert newsgen("build", *CLOCK, "--output", tmp_path / "before", cwd=tmp_path).returncode == 0
    found = json.loads(
        newsgen("check", "--fix", "--json", *CLOCK, cwd=tmp_path, timeout=300).stdout
    )
    assert len(found["fixed"]) > 40
    assert {p["code"] for p in found["problems"] if p["severity"] == "repair"} <= {
        "null-item",
        "related-duplicate",
        "related-self",
    }
    assert newsgen("build", *CLOCK, "--output", tmp_path / "after", cwd=tmp_path).returncode == 0
    assert read_tree(tmp_path / "before") == read_tree(tmp_path / "after")
    again = json.loads(
        newsgen("check", "--fix", "--json", *CLOCK, cwd=tmp_path, timeout=300).stdout
    )
    assert again["fixed"] == []
