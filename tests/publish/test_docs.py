"""The files of docs/publishing.md that users copy work as they are."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest
import yaml

from newsgen.cli.main import COMMANDS, cli
from support import ROOT, SmallSite

TEXT = (ROOT / "docs/publishing.md").read_text("utf-8")
BLOCKS = dict(
    zip(
        ("github", "gitlab", "action", "hook", "settings", "buckets"),
        re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S),
        strict=True,
    )
)


def lines(value) -> list[str]:
    """All that a workflow runs."""
    if isinstance(value, dict):
        own = [value["run"]] if isinstance(value.get("run"), str) else value.get("script", [])
        return [*own, *(line for inner in value.values() for line in lines(inner))]
    return [line for inner in value for line in lines(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_workflows(name: str) -> None:
    """The workflows are YAML, what they run is understood by newsgen, and they keep the cache, the
    pictures and the editions.
    """
    workflow = yaml.safe_load(BLOCKS[name])
    called = [shlex.split(line)[1:] for line in lines(workflow) if line.startswith("newsgen ")]
    assert called == [["nightly", "--log-format", "json"]]
    for words in called:
        assert words[0] in COMMANDS
        command = cli.get_command(click.Context(cli), words[0])
        assert command
        command.make_context("newsgen", words[1:])
    for folder in (".newsgen", "media", "editions"):
        assert re.search(rf"^\s+(?:- )?{re.escape(folder)}/?$", BLOCKS[name], re.M)
    for action in re.findall(r"uses: (\S+)", BLOCKS[name]):
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)


def test_what_the_gitlab_job_runs(site: SmallSite) -> None:
    """Its script makes a folder `public` with the whole site, and no link in it."""
    import os
    import subprocess
    import sys
    from pathlib import Path

    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for line in lines(yaml.safe_load(BLOCKS["gitlab"]))[1:]:
        subprocess.run(
            line,
            shell=True,
            cwd=site.root,
            check=True,
            env={**os.environ, "PATH": path},
            capture_output=True,
        )
    assert (site.root / "public/index.html").is_file()
    assert not (site.root / "public").is_symlink()


def test_targets_of_the_docs(site: SmallSite) -> None:
    """The targets that are shown are targets."""
    from newsgen.config.settings import load_config
    from newsgen.publish.targets.find import find_target

    for name, kinds in (("settings", ["Rsync", "Rsync", "Git"]), ("buckets", 4 * ["ObjectStore"])):
        targets = yaml.safe_load(BLOCKS[name])["publish"]["targets"]
        config = load_config(site.root, sets=(f"publish.targets={json.dumps(targets)}",))
        found = [find_target(one, site.root) for one in config.settings.publish.targets]
        assert [type(target).__name__ for target in found] == kinds


def test_the_line_for_cron(site: SmallSite) -> None:
    """The line has five fields of time and a command that is understood."""
    (line,) = re.findall(r"^[\d*]+ .*newsgen nightly.*$", TEXT, re.M)
    *fields, command = line.split(maxsplit=5)
    assert len(fields) == 5
    words = shlex.split(command)
    assert site.run(*words[words.index(".venv/bin/newsgen") + 1 :]).returncode == 0
