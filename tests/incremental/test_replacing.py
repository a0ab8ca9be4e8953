"""A file of the site becomes a folder, or a folder a file: newsgen replaces its own files, and
nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from newsgen.core.problems import UserError
from newsgen.store.output import JOURNAL, STAGED, in_the_way
from support import SmallSite, read_tree

Change = Callable[[SmallSite], object]


def static(path: str) -> Change:
    return lambda site: site.write(f"static/{path}", path)


def alias(path: str) -> Change:
    return lambda site: site.article("two", aliases=[path])


def page(name: str) -> Change:
    return lambda site: site.page_file(name)


def clear(site: SmallSite) -> None:
    """Undo the changes."""
    for folder in ("static", "content/pages"):
        shutil.rmtree(site.root / folder, ignore_errors=True)
    (site.root / "content/two.md").unlink(missing_ok=True)


def same_as_clean(site: SmallSite, folder: Path) -> bool:
    """Return whether the output equals that of a build from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    site.build(output=folder, cache=folder.with_name("clean-cache"))
    return site.tree() == read_tree(folder)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (static("about"), page("about")),
        (static("press"), alias("/press/")),
        (static("a"), static("a/b/c/d.txt")),
        (static("a/b"), static("a/b/index.html")),
        (alias("/x/y/"), static("x")),
    ],
)
def test_a_file_and_a_folder_take_turns(
    site: SmallSite, tmp_path: Path, one: Change, other: Change
) -> None:
    """A file and a folder replace each other in turn, with the existing output and cache, and the
    result is that of a clean build.
    """
    site.article("one")
    for change in (one, other, one):
        clear(site)
        change(site)
        site.build()
        assert same_as_clean(site, tmp_path / "clean")
        assert not (site.output / STAGED).exists()


def test_a_foreign_file_below_is_kept(site: SmallSite) -> None:
    """If the folder holds a foreign file, or such a file is where a folder is needed, nothing is
    changed.
    """
    site.article("one")
    site.write("static/a/b.txt", "ours")
    site.build()
    before = site.tree()
    foreign = site.write("site/a/c/mine.txt", "mine")
    shutil.rmtree(site.root / "static/a")
    site.write("static/a", "a file")
    with pytest.raises(UserError) as error:
        site.build()
    assert error.value.problem.code == "foreign-file"
    assert error.value.problem.message.startswith(str(foreign))
    assert site.tree() == before | {"a/c/mine.txt": b"mine"}
    shutil.rmtree(site.output / "a/c")
    site.write("site/d", "mine")
    site.write("static/d/e/f.txt", "ours")
    with pytest.raises(UserError) as error:
        site.build()
    assert error.value.problem.message.startswith(f"{site.output}/d is not")
    assert (site.output / "d").read_text() == "mine"


def test_an_empty_folder_is_replaced(site: SmallSite) -> None:
    """Folders without files are replaced."""
    site.article("one")
    (site.output / "a/b/c").mkdir(parents=True)
    site.write("static/a", "a file")
    site.build()
    assert (site.output / "a").read_text() == "a file"


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_replacement_that_was_interrupted(
    site: SmallSite, tmp_path: Path, moved: bool, backwards: bool
) -> None:
    """After a kill between removing the old file and moving the new one, or after that, the next
    build completes the replacement.
    """
    site.article("one")
    paths = ["a/b.txt", "a"] if backwards else ["a", "a/b.txt"]
    site.write(f"static/{paths[0]}", "before")
    site.build()
    shutil.rmtree(site.root / "static")
    site.write(f"static/{paths[1]}", "after")
    (site.output / JOURNAL).write_text("\n".join(paths))
    (site.output / paths[0]).unlink()
    if moved:
        if backwards:
            (site.output / "a").rmdir()
        site.write(f"site/{paths[1]}", "after")
    site.build()
    assert same_as_clean(site, tmp_path / "clean")


@pytest.mark.parametrize("name", ["x" * 255, "字" * 80 + ".pdf", "y" * 244 + ".html"])
def test_names_as_long_as_the_file_system_takes(site: SmallSite, name: str) -> None:
    """A static file with a name of 244 to 255 bytes is built and published, alone and in a
    folder.
    """
    site.article("one")
    site.write(f"static/{name}", "long")
    site.write(f"static/folder/{name}", "long")
    done = site.run("build", "--as-of", "2026-01-31T12:00", "-q")
    assert done.returncode == 0, done.stderr
    assert site.run("publish", "-q").returncode == 0
    live = read_tree(site.root / "editions/current")
    assert live[name] == live[f"folder/{name}"] == b"long"


def test_what_stands_in_the_way() -> None:
    """Files where folders are needed, and files in a folder that becomes a file, are in the way;
    those beside them are not.
    """
    gone = ["a", "b/c.txt", "b/d/e.txt", "bc/d.txt", "z"]
    assert in_the_way(["a/x/index.html", "b"], gone) == ["a", "b/c.txt", "b/d/e.txt"]
