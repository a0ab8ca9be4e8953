"""Ways to run newsgen elsewhere: a container, a step of a workflow, a hook of pre-commit."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from newsgen.cli.main import COMMANDS, cli
from support import ROOT, SmallSite, newsgen

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
SCRIPTS = Path(sysconfig.get_path("scripts"))


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def words_after(instruction: str) -> list[str]:
    """Return the list at the end of an instruction of the Containerfile."""
    (line,) = re.findall(rf"^{instruction} .*?(\[.*\])$", CONTAINERFILE, re.M)
    words: list[str] = json.loads(line)
    return words


def understood(words: list[str]) -> bool:
    """Return whether newsgen has this command with these options."""
    assert words[0] == "newsgen"
    assert words[1] in COMMANDS
    command = cli.get_command(click.Context(cli), words[1])
    assert command
    return bool(command.make_context("newsgen", words[2:]))


def run(*command: str | Path, given: str = "") -> str:
    """Run a program that must succeed."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not (SCRIPTS / "hadolint").exists(), reason="hadolint has no wheel here")
def test_the_containerfile_follows_good_practice(tmp_path: Path) -> None:
    """hadolint finds nothing in it, and does find a fault in a bad one."""
    assert run(SCRIPTS / "hadolint", DEPLOY / "Containerfile") == ""
    broken = tmp_path / "Containerfile"
    broken.write_text("FROM python\nRUN cd /tmp\n")
    found = subprocess.run([SCRIPTS / "hadolint", broken], capture_output=True, check=False)
    assert b"DL3006" in found.stdout


def test_the_container_is_made_of_what_is_there() -> None:
    """All files that it copies exist, with everything that the package is built from, and its user
    is not root.
    """
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.M)
        for name in line.split()[:-1]
    }
    assert all((ROOT / name).exists() for name in copied)
    needed = {"newsgen", "templates", "static", "themes", "scripts", "requirements.txt"}
    assert needed <= copied
    assert re.findall(r"^USER (\d+)$", CONTAINERFILE, re.M) == ["10001"]


def test_what_the_container_runs(site: SmallSite) -> None:
    """In a new site, its command publishes and its health check passes, for a user who is not
    root.
    """
    command = [*words_after("ENTRYPOINT"), *words_after("CMD")]
    assert command == ["newsgen", "nightly"]
    done = newsgen(*command[1:], cwd=site.root, before="limits:as_anybody")
    assert done.returncode == 0, done.stderr
    assert (site.root / "editions/current/index.html").is_file()
    healthy = words_after("HEALTHCHECK")
    assert newsgen(*healthy[1:], cwd=site.root, before="limits:as_anybody").returncode == 0


def test_the_services_of_compose() -> None:
    """Every file and volume in it exists, its loop is valid shell, and nginx serves the published
    site.
    """
    services = read("deploy/compose.yaml")["services"]
    builds = services["newsgen"]["build"]
    assert (DEPLOY / builds["context"] / builds["dockerfile"]).is_file()
    (loop,) = services["newsgen"]["command"]
    run("sh", "-n", given=loop.replace("$$", "$"))
    (called,) = re.findall(r"newsgen .*?(?= &)", loop)
    assert understood(called.split())
    places = dict(volume.split(":")[:2] for volume in services["newsgen"]["volumes"])
    assert places["editions"] == "/site/editions"
    served = dict(volume.split(":")[:2] for volume in services["nginx"]["volumes"])
    assert (DEPLOY / "nginx.conf").is_file()
    root = re.findall(r"root (.*);", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert root == [f"{served['editions']}/current"]


def test_the_step_of_a_workflow() -> None:
    """Its default command is one of newsgen's, its lines are valid shell, and zizmor finds
    nothing.
    """
    action = read("action.yml")
    default = action["inputs"]["command"]["default"]
    assert understood(["newsgen", *default.split()])
    for step in action["runs"]["steps"]:
        if "run" in step:
            run("bash", "-n", given=step["run"])
    found = run(
        *(SCRIPTS / "zizmor", "--offline", "--no-config", "--no-exit-codes", "--format", "json"),
        ROOT / "action.yml",
    )
    assert [one["ident"] for one in json.loads(found)] == []


def test_the_hook_of_pre_commit(site: SmallSite) -> None:
    """Its command is valid, and it runs for the files of articles, data and settings."""
    (hook,) = read(".pre-commit-hooks.yaml")
    assert understood(shlex.split(hook["entry"]))
    site.article("one")
    named = [path.name for path in site.root.rglob("*") if re.search(hook["files"], path.name)]
    assert {"one.md", "newsgen.yaml"} <= set(named)
