"""The command in a fork, which most tests run, behaves like the command."""

from __future__ import annotations

import os
import subprocess

import pytest

import forks
from support import SmallSite, newsgen, started

pytestmark = pytest.mark.skipif(not forks.possible({}), reason="only on Linux are there forks")


@pytest.mark.parametrize(
    "arguments",
    [["status", "-v", "--as-of", "2026-01-31T12:00"], ["build", "--jobs", "x"], ["nonsense"]],
)
def test_a_fork_says_what_a_new_process_says(site: SmallSite, arguments: list[str]) -> None:
    """Exit code, standard output and standard error are the same."""
    site.article("odd", webUrl="javascript:alert(1)")
    site.build()
    one = newsgen(*arguments, cwd=site.root)
    other = started(*arguments, cwd=site.root, env=os.environ)
    assert (one.returncode, one.stdout) == (other.returncode, other.stdout)
    assert one.stderr == other.stderr.replace("python -m newsgen", "newsgen")


def test_a_fork_that_never_ends_is_ended(site: SmallSite) -> None:
    """A fork is killed after `timeout` seconds, as by `subprocess.run`."""
    with pytest.raises(subprocess.TimeoutExpired):
        newsgen("serve", "--port", "0", cwd=site.root, timeout=0.5)
