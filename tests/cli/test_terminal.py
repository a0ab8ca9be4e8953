"""Output on a terminal: the progress bar, colours, help."""

from __future__ import annotations

import math
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from newsgen.cli.main import COMMANDS, cli
from support import SmallSite, in_background, newsgen

CLOCK = ("--as-of", "2026-01-31T12:00")


def on_terminal(site: SmallSite, *arguments: str, **env: str) -> str:
    """Run the command with a terminal as its standard error, and return the output there."""
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | env
    run = in_background(*arguments, cwd=site.root, env=environment, err=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux signals the end of a terminal this way
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert run.wait() == 0
    return said.decode()


def test_a_terminal_sees_a_progress_bar(site: SmallSite) -> None:
    """On a terminal, a bar shows reading and rendering, and is removed before the summary."""
    said = on_terminal(site, "build", *CLOCK)
    assert re.search(r"\r +reading \[#+\] 2/2 ", said)
    assert re.search(r"\r +rendering \[#+\] ", said)
    assert said.rpartition("\x1b[2K")[2].startswith("2 articles")


@pytest.mark.parametrize("option", ["-q", "--json"])
def test_no_bar_where_none_is_wanted(site: SmallSite, option: str) -> None:
    """With -q and --json, no bar is drawn on a terminal either."""
    assert "\r " not in on_terminal(site, "build", *CLOCK, option)


def test_no_bar_and_no_colour_off_a_terminal(site: SmallSite) -> None:
    """In a file or a pipe there is no bar and no colour."""
    site.article("odd", webUrl="javascript:alert(1)")
    said = site.run("build", *CLOCK).stderr
    assert "\r" not in said
    assert "\x1b" not in said


def test_no_color_is_honoured(site: SmallSite) -> None:
    """Problems are coloured on a terminal, unless NO_COLOR is set."""
    site.article("odd", webUrl="javascript:alert(1)")
    assert "\x1b[33m" in on_terminal(site, "build", *CLOCK)
    assert "\x1b[33m" not in on_terminal(site, "build", *CLOCK, NO_COLOR="1")


def test_help_lists_commands_and_exit_codes(tmp_path: Path) -> None:
    """`newsgen --help` lists the commands, each with the first line of its help, examples and the
    exit codes.
    """
    said = newsgen("--help", cwd=tmp_path).stdout
    for word in ("Examples:", "newsgen build", "Exit codes:", *COMMANDS):
        assert word in said
    assert re.findall(r"^ +(\d+) ", said.partition("Exit codes:")[2], re.M) == [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "70",
        "130",
        "143",
    ]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_has_examples_that_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The help of each command has its exit codes and examples, and newsgen accepts every example
    if its files exist.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "reader.opml").touch()
    done = newsgen(*name.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Exit codes:\n" in done.stdout
    told = done.stdout.partition("Examples:\n")[2].partition("\n\n")[0]
    examples = re.findall(r"^ +(?:cd \S+ && )?newsgen (.*?)(?:  .*)?$", told, re.M)
    assert any(name in ["", *example.split()] for example in examples)
    for example in examples:
        words = shlex.split(example.partition(" > ")[0])
        with cli.make_context("newsgen", words) as above:
            called = next(word for word in words if word in COMMANDS)
            command = cli.get_command(above, called)
            assert command
            command.make_context(called, words[words.index(called) + 1 :], parent=above)


def test_every_way_to_call_it_is_the_same_command(tmp_path: Path) -> None:
    """The script `newsgen` and `python -m newsgen` print the same version."""
    script = Path(sys.executable).with_name("newsgen")
    by_script = subprocess.run(
        [script, "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert by_script == newsgen("--version", cwd=tmp_path).stdout
    assert re.fullmatch(r"newsgen \d+\.\d+\.\d+\n", by_script)


def loaded_by(*args: str, cwd: Path) -> set[str]:
    """Return the modules that Python imports."""
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        line.rpartition("|")[2].strip()
        for line in traced.stderr.splitlines()
        if line.startswith("import time:")
    }


def test_a_build_loads_no_reader_before_it_needs_one(tmp_path: Path) -> None:
    """The start of the pipeline imports no module that reads articles or makes pages, because that
    would take most of the time of a build with nothing to do.
    """
    loaded = loaded_by("-c", "import newsgen.build.pipeline", cwd=tmp_path)
    assert "newsgen.build.inputs" in loaded
    assert not loaded & {
        "newsgen.content.visibility",
        "newsgen.content.field_reader",
        "newsgen.content.urls",
        "newsgen.core.secret",
        "email.utils",
        "jinja2",
        "yaml",
    }


def test_help_loads_next_to_nothing(tmp_path: Path) -> None:
    """`newsgen --help` imports no command and no package that builds need, so it answers at
    once.
    """
    loaded = loaded_by("-m", "newsgen", "--help", cwd=tmp_path)
    assert "newsgen.cli.main" in loaded
    assert not loaded & {
        "newsgen.cli.build",
        "newsgen.config.settings",
        "msgspec",
        "jinja2",
        "yaml",
        "yaml_rs",
        "markdown",
        "babel",
        "sqlite3",
    }


def test_help_is_fast(tmp_path: Path) -> None:
    """`newsgen --help` takes at most three times the processor time of importing click, each the
    best of several runs; a busy machine needs more runs.
    """

    def spent(*arguments: str) -> float:
        run = subprocess.Popen(
            [sys.executable, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL
        )
        usage = os.wait4(run.pid, 0)[2]
        run.returncode = 0
        return usage.ru_utime + usage.ru_stime

    ours = theirs = math.inf
    for run in range(40):
        ours, theirs = (
            min(ours, spent("-m", "newsgen", "--help")),
            min(theirs, spent("-c", "import click")),
        )
        if run >= 3 and ours < 3 * theirs:
            break
    assert ours < 3 * theirs
