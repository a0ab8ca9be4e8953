"""Finding files: names, links, pipes, hidden files, and reading each as a whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsgen.content.scan import SUFFIXES, read_file, scan


def names(folder: Path) -> list[str]:
    return [item.path for item in scan(folder, SUFFIXES)[0]]


def problems(folder: Path) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, problem.file) for problem in scan(folder, SUFFIXES)[1]]


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")


def test_articles_at_any_depth_are_found(tmp_path: Path) -> None:
    """Articles are found by suffix in any case, at any depth, sorted by path; hidden files, .keep
    and others are skipped.
    """
    write(
        tmp_path,
        "b.md",
        "a/c.markdown",
        "a/b/d.txt",
        "z.html",
        "z.htmx",
        ".hidden.md",
        ".git/x.md",
        ".keep",
        "a/.keep",
        "md",
        "x.md.bak",
        "STORY.MD",
    )
    assert names(tmp_path) == ["STORY.MD", "a/b/d.txt", "a/c.markdown", "b.md", "z.html"]
    assert problems(tmp_path) == []


def test_a_folder_may_be_named_like_an_article(tmp_path: Path) -> None:
    """Files in a folder x.md are found."""
    write(tmp_path, "x.md/y.md", "x.md/z.txt/w.md")
    assert names(tmp_path) == ["x.md/y.md", "x.md/z.txt/w.md"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    """A missing content folder has no articles and no problem."""
    assert scan(tmp_path / "none", SUFFIXES) == ([], [])


SIGNS = ["a b.md", "-x.md", "a'\"`$&;.md", "a\\b.md", "..md", "#%?.md", "x" * 200 + ".md"]
SCRIPTS = ["Ünïcode.md", "中文　新聞.md", "می\u200cخواهم.md", "😀.md", "👩\u200d🚀.md"]


@pytest.mark.parametrize("name", SIGNS + SCRIPTS)
def test_odd_names_are_found(tmp_path: Path, name: str) -> None:
    """Names in any script, with spaces, quotes, joiners and signs are valid."""
    write(tmp_path, name)
    assert names(tmp_path) == ([name] if name[0] != "." else [])
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb.md", "a\\nb.md"),
        (b"a\x1b[31mb.md", "a\\x1b[31mb.md"),
        (b"caf\xe9.md", "caf\\\\xe9.md"),
        ("a\u202eb.md".encode(), "a\\u202eb.md"),
    ],
)
def test_names_that_could_not_be_shown_are_refused(tmp_path: Path, name: bytes, shown: str) -> None:
    """Names with controls, line breaks, direction marks or bytes that are not UTF-8 are skipped,
    and reported in printable form.
    """
    (tmp_path / os.fsdecode(name)).write_text("x")
    assert names(tmp_path) == []
    assert problems(tmp_path) == [("warning", "file-name", shown)]


def test_links_stay_within_the_folder(tmp_path: Path) -> None:
    """A link to a file of the folder is followed; links out of it, to a folder or to nothing are
    reported.
    """
    write(tmp_path, "in/a.md", "secret.md")
    links = {
        "b.md": "a.md",
        "out.md": "../secret.md",
        "abs.md": "/etc/passwd",
        "dangling.md": "none.md",
        "loop.md": "loop.md",
    }
    for name, target in links.items():
        (tmp_path / "in" / name).symlink_to(target)
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "loop").symlink_to("loop")
    (tmp_path / "in" / "below").mkdir()
    (tmp_path / "in" / "same").symlink_to("below")
    assert names(tmp_path / "in") == ["a.md", "b.md"]
    found = {file: (severity, code) for severity, code, file in problems(tmp_path / "in")}
    outside, unreadable = ("warning", "link-outside"), ("warning", "unreadable-file")
    assert found == {
        "out.md": outside,
        "abs.md": outside,
        "dangling.md": unreadable,
        "loop.md": unreadable,
        "up": outside,
        "same": ("warning", "not-a-file"),
    }


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """A content folder that is a link is followed."""
    write(tmp_path, "real/a.md")
    (tmp_path / "content").symlink_to("real")
    assert names(tmp_path / "content") == ["a.md"]
    assert problems(tmp_path / "content") == []


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    """A pipe named like an article is skipped, because reading it would never end."""
    os.mkfifo(tmp_path / "pipe.md")
    assert names(tmp_path) == []
    assert problems(tmp_path) == [("warning", "not-a-file", "pipe.md")]


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder that cannot be opened, here because of its long path, is an error; the others are
    read.
    """
    write(tmp_path, "a.md")
    below = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=below)
        above, below = below, os.open("x" * 250, os.O_RDONLY, dir_fd=below)
        os.close(above)
    os.close(below)
    assert names(tmp_path) == ["a.md"]
    assert [problem[:2] for problem in problems(tmp_path)] == [("error", "unreadable-folder")]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """All bytes of a file are read; a file whose size never matches, such as one of the kernel's,
    is an error.
    """
    (tmp_path / "a.md").write_bytes(b"a" * 100_000)
    assert read_file(str(tmp_path / "a.md")) == b"a" * 100_000
    with pytest.raises(OSError, match="changes while newsgen reads it"):
        read_file("/proc/self/status")


def test_a_file_that_has_gone_is_an_error(tmp_path: Path) -> None:
    """A file removed after the scan raises OSError, which the reader reports as a problem."""
    with pytest.raises(FileNotFoundError):
        read_file(str(tmp_path / "none.md"))
