"""Inputs behind symbolic links: the target of a link is shown, also after the link changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from newsgen.preview.watch import links_on_the_way
from support import SmallSite

from .serving import Running, running


def lead(link: Path, target: Path | str) -> None:
    """Change the target of a link in one step, as deployments do."""
    new = link.with_name(f".{link.name}.new")
    new.symlink_to(target)
    new.replace(link)


def until_it_shows(site: Running, path: str, words: str) -> None:
    site.until(path, lambda answer: words in answer.page)


@pytest.mark.parametrize("poll", [False, True])
def test_a_folder_of_inputs_is_a_link(site: SmallSite, poll: bool) -> None:
    """For a content folder that is a link to a link, new targets of both and edits in the target
    are shown.
    """
    folder = site.root / "content"
    folder.rename(site.root / "first")
    shutil.copytree(site.root / "first", site.root / "second")
    (site.root / "latest").symlink_to("first")
    folder.symlink_to("latest")

    def write(name: str, title: str) -> None:
        site.write(
            f"{name}/one.md", f"---\ntitle: {title}\npublishedDateTime: 2026-01-30T08:00:00Z\n---\n"
        )

    with running(site, poll=poll) as shown:
        write("second", "In the second folder")
        lead(site.root / "latest", "second")
        until_it_shows(shown, "/news/one/", "In the second folder")
        write("second", "Edited there")
        until_it_shows(shown, "/news/one/", "Edited there")
        write("first", "In the first folder")
        lead(folder, "first")
        until_it_shows(shown, "/news/one/", "In the first folder")


def test_settings_behind_links(site: SmallSite) -> None:
    """Settings mounted as a Kubernetes ConfigMap are followed: a link through a folder that is
    itself a link, and is switched.
    """
    settings = site.root / "newsgen.yaml"
    for name in ("..1", "..2"):
        (site.root / name).mkdir()
        (site.root / name / "newsgen.yaml").write_text(
            f"title: Number {name}\nurl: https://wire.example\n"
        )
    settings.unlink()
    (site.root / "..data").symlink_to("..1")
    settings.symlink_to("..data/newsgen.yaml")
    with running(site) as shown:
        until_it_shows(shown, "/", "Number ..1")
        lead(site.root / "..data", "..2")
        until_it_shows(shown, "/", "Number ..2")


def test_an_article_is_a_link(site: SmallSite) -> None:
    """An article that is a link to a file with another suffix, or through a hidden folder, shows
    the edits of that file.
    """
    text = "---\ntitle: {}\npublishedDateTime: 2026-01-30T08:00:00Z\n---\n"
    site.write("content/three.source", text.format("Three"))
    (site.root / "content/three.md").symlink_to("three.source")
    site.write("content/..1/four.md", text.format("Four"))
    site.write("content/..2/four.md", text.format("Four, the second"))
    (site.root / "content/..data").symlink_to("..1")
    with running(site) as shown:
        until_it_shows(shown, "/news/three/", "Three")
        site.write("content/three.source", text.format("Three, edited"))
        until_it_shows(shown, "/news/three/", "Three, edited")
        (site.root / "content/four.md").symlink_to(
            "..data/four.md"
        )  # the first link to a file that appears while it runs
        until_it_shows(shown, "/news/four/", "Four")
        lead(site.root / "content/..data", "..2")
        until_it_shows(shown, "/news/four/", "Four, the second")


def test_links_on_the_way(tmp_path: Path) -> None:
    """Each link on the way to a path is named by its real folder: relative and absolute ones, links
    to links, loops.
    """
    root = Path(os.path.realpath(tmp_path))
    (root / "real/inner").mkdir(parents=True)
    (root / "real/up").symlink_to("../real/inner")
    (root / "first").symlink_to(root / "real")
    (root / "second").symlink_to("first")
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("missing")
    told = {
        name: {os.path.relpath(link, root) for link in links_on_the_way(str(root / name))}
        for name in LINKS
    }
    assert told == LINKS


LINKS = {
    "real/inner": set(),
    "real/up/x": {"real/up"},
    "first/inner": {"first"},
    "second/up": {"second", "first", "real/up"},
    "loop/x": {"loop"},
    "nowhere/x": {"nowhere"},
}
