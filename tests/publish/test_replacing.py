"""Targets follow when a file becomes a folder, and receive files with any name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from newsgen.store.output import MANIFEST, read_manifest
from support import SmallSite, read_tree

from .publishing import codes, live, published, run
from .test_targets import Server, git, repository, server  # noqa: F401  (server is a fixture)


@pytest.mark.needs("rsync", "git")
def test_targets_replace_files_and_folders(site: SmallSite, server: Server, tmp_path: Path) -> None:  # noqa: F811
    """Editions, rsync and git replace newsgen's file by a folder, and the reverse; foreign files
    stay.
    """
    bare = tmp_path / "bare.git"
    repository(bare)
    targets = ("--target", server.address, "--target", f"git+{bare}#pages")
    site.write("static/about", "a file")
    site.write("static/d/e/f.txt", "deep")
    with server.serving():
        published(site, *targets)
        for folder in ("static/d", "static/about"):
            shutil.rmtree(site.root / folder) if (site.root / folder).is_dir() else (
                site.root / folder
            ).unlink()
        site.page_file("about")
        site.write("static/d", "a file now")
        published(site, *targets)
        assert read_tree(server.folder) == live(site)
        assert set(git(bare, "ls-tree", "-r", "--name-only", "pages").split()) == {
            *live(site),
            MANIFEST,
            ".nojekyll",
        }
        (site.root / "content/pages/about.md").unlink()
        (site.root / "static/d").unlink()
        site.write("static/about", "a file again")
        site.write("static/d/e/f.txt", "deep")
        (server.folder / "about/mine.txt").write_text("mine")
        built = site.run("build", "--as-of", "2026-01-31T12:00", "-q")
        assert built.returncode == 0, built.stderr
        assert codes(run(site, "publish", *targets, code=3)) == [
            "target-failed"
        ]  # rsync: a foreign file is there
        assert (server.folder / "about/mine.txt").read_text() == "mine"
        assert "d/e/f.txt" in git(bare, "ls-tree", "-r", "--name-only", "pages").split()
        (server.folder / "about/mine.txt").unlink()
        run(site, "publish", *targets)
        assert read_tree(server.folder) == live(site)


@pytest.mark.needs("rsync")
def test_rsync_gets_names_of_any_kind(site: SmallSite, server: Server) -> None:  # noqa: F811
    """Names that rsync could read as a comment, an option or a pattern are sent and removed, and
    the manifest there is right.
    """
    names = ["#a.txt", ";b.txt", "-c.txt", "* .txt", "d[1].txt", "#e/#f.txt", "x" * 255, "\\g.txt"]
    for name in names:
        site.write(f"static/{name}", name)
    with server.serving():
        published(site, "--target", server.address)
        assert read_tree(server.folder) == live(site)
        assert set(names) <= read_tree(server.folder).keys()
        assert read_manifest(server.folder).keys() == read_tree(server.folder).keys()
        shutil.rmtree(site.root / "static")
        published(site, "--target", server.address)
        assert read_tree(server.folder) == live(site)
        assert not set(names) & read_tree(server.folder).keys()
