"""Problems as people read them."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner

from newsgen.cli.check import explain_command
from newsgen.core.problems import Problem, locate, locate_all, render
from support import SmallSite

SECRET = "c2VjcmV0IHZhbHVl"


@pytest.mark.parametrize(
    "front",
    [
        f"title: One\nsecured: abc: {SECRET}\npublishedDateTime: 2026-01-30T08:00:00Z\n",
        f'title: One\nsecured: "a"\nsecured: "{SECRET}"\npublishedDateTime: 2026-01-30T08:00:00Z\n',
        f'title: One\nsecured: "{SECRET}\npublishedDateTime: 2026-01-30T08:00:00Z\n',
        (
            f"title: One\nsecured: |\n  {SECRET}\n   b: {SECRET}\n {SECRET}: x: "
            "y\npublishedDateTime: 2026-01-30T08:00:00Z\n"
        ),
        (
            f"title: One\nsecured: [{SECRET}, {SECRET}: {SECRET}: 1\npublishedDateTime: "
            "2026-01-30T08:00:00Z\n"
        ),
    ],
)
def test_secured_is_never_shown(site: SmallSite, front: str) -> None:
    """If the line of `secured` is wrong, the article is published without it, and it is shown
    nowhere."""
    site.write("content/secret.md", f"---\n{front}---\n")
    for arguments in (["build", "-v"], ["build", "-v", "--json"]):
        done = site.run(*arguments)
        assert SECRET not in done.stdout + done.stderr
        assert done.returncode == 0
        assert (site.output / "news/secret/index.html").exists()
    assert not any(
        SECRET.encode() in file.read_bytes() for file in (site.root / ".newsgen").iterdir()
    )


def test_many_problems_are_placed_at_once(tmp_path: Path) -> None:
    """Each problem gets the same place as alone, in order. One in a missing file gets none."""
    (tmp_path / "a.md").write_text("---\ntitle: A\ntopics:\n- B\n- C\n---\n")
    (tmp_path / "b.md").write_text("---\ntitle: B\n---\n")
    fields = ("$.topics[1]", "$.title", "$")
    problems = [
        Problem("warning", "bad-url", "x", field, file=file)
        for file in ("a.md", "b.md", "c.md", "")
        for field in fields
    ]
    placed = locate_all(problems, tmp_path)
    assert placed == [locate(problem, tmp_path) for problem in problems]
    assert [(one.line, one.column, one.source) for one in placed[:4]] == [
        (5, 3, "- C"),
        (2, 8, "title: A"),
        (0, 0, ""),
        (2, 1, "title: B"),
    ]
    assert {one.line for one in placed[6:]} == {0}


def test_many_problems_of_one_file_cost_one_reading(tmp_path: Path) -> None:
    """A file's front matter is parsed once for all its problems: twenty cost little more than
    one."""
    lines = "".join(f"- {{title: Story {n}, url: 'https://a.example/{n}'}}\n" for n in range(3000))
    (tmp_path / "a.md").write_text(f"---\ntitle: A\nrelated:\n{lines}---\n")
    problems = [
        Problem("warning", "bad-url", "x", f"$.related[{n}].url", file="a.md") for n in range(20)
    ]

    def cost(some: list[Problem]) -> float:
        """Return the lowest CPU time of five runs: a busy machine only adds to it."""
        found = []
        for _ in range(5):
            start = process_time()
            locate_all(some, tmp_path)
            found.append(process_time() - start)
        return min(found)

    assert cost(problems) < 5 * cost(problems[:1])


ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\x85\u202egpj.exe\u2066x\r"


def test_nothing_steers_the_terminal(site: SmallSite) -> None:
    """Every command prints escapes in articles, file names and settings as text, or as JSON
    escapes."""
    quoted = (
        ESCAPES.replace("\x1b", "\\e")
        .replace("\x07", "\\a")
        .replace("\x9b", "\\x9b")
        .replace("\r", "\\r")
        .replace("\x85", "\\N")
    )
    site.write(
        "content/steering.md",
        (
            f'---\ntitle: "{quoted}"\nquality: "{quoted}"\npublishedDateTime: '
            f'2026-01-30\nprovider: {{logo: "{quoted}"}}\n---\n'
        ),
    )
    site.write("content/\x1b[31m.md", "---\n---\n")
    for arguments in (
        ["build", "-v"],
        ["build", "-v", "--json"],
        ["check", "-v"],
        ["check", "--format", "github"],
        ["status", "-v"],
        ["front", "-v"],
    ):
        done = site.run(*arguments)
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        assert not set(said) & set("\x1b\x07\x9b\x85\u202e\u2066\r"), arguments


@pytest.mark.parametrize(("column", "shown"), [(1, True), (200, True), (201, True), (202, False)])
def test_a_column_that_is_not_shown(column: int, shown: bool) -> None:
    """Only the beginning of a long line is shown, without a mark for a column after it."""
    problem = Problem("error", "x", "wrong", file="a.md", line=1, column=column, source="a" * 200)
    assert render(problem).endswith("^") == shown


def test_a_code_is_explained_without_links_to_files() -> None:
    """`newsgen explain` prints the severity, what the code means and what to do, as plain text."""
    shown = CliRunner().invoke(explain_command, ["over-budget"]).stdout
    assert shown.startswith("over-budget: warning\n\n")
    assert "exceeds a budget, which" in " ".join(shown.split())
    assert shown.endswith("\n\nShorten it, or raise the budget.\n")
