"""newsgen completion: the completions in shells."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsgen.cli.main import COMMANDS
from support import SmallSite, newsgen

SCRIPT = """
source <("$1" completion bash)
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_newsgen_completion "$1"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(site: SmallSite, *words: str) -> list[str]:
    """Return bash's completions for the last word."""
    program = Path(sys.executable).with_name("newsgen")
    done = subprocess.run(
        ["bash", "-c", SCRIPT, "-", program, "newsgen", *words],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_topics(site: SmallSite) -> None:
    """A real bash completes commands, options of a command, and the site's topics."""
    site.article("three", topics=["Ports", "Privacy"])
    assert completed(site, "") == list(COMMANDS)
    assert completed(site, "sta") == ["status"]
    assert "--dry-run" in completed(site, "build", "--")
    assert completed(site, "new", "--topic", "p") == ["Ports", "Privacy"]
    assert completed(site, "--root", "nowhere", "new", "--topic", "p") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(tmp_path: Path, shell: str) -> None:
    """The script is printed, and each installed shell accepts it."""
    done = newsgen("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert "_NEWSGEN_COMPLETE" in done.stdout
    if shutil.which(shell):
        assert (
            subprocess.run(
                [shell, "-n"], input=done.stdout, capture_output=True, text=True, check=False
            ).returncode
            == 0
        )
    assert newsgen("completion", "powershell", cwd=tmp_path).returncode == 2
