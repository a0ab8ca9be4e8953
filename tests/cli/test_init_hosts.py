"""newsgen init --host: the files that each host needs, and the commands in them."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsgen.config.hosts import HOSTS
from newsgen.inspect.host_files import host_files
from support import ROOT, newsgen

NAMES = sorted(filter(None, HOSTS))


def lines(value: Any) -> list[str]:
    """Return all commands of a workflow."""
    if isinstance(value, dict):
        own = [value["run"]] if isinstance(value.get("run"), str) else value.get("script", [])
        return [*own, *(line for inner in value.values() for line in lines(inner))]
    return [line for inner in value for line in lines(inner)] if isinstance(value, list) else []


def read(file: Path) -> Any:
    """Return the values of a settings file."""
    text = file.read_text("utf-8")
    return tomllib.loads(text) if file.suffix == ".toml" else yaml.safe_load(text)


@pytest.mark.parametrize("host", NAMES)
def test_what_a_workflow_runs(tmp_path: Path, host: str) -> None:
    """The commands of a workflow publish the new site and send its folder: the host's program has a
    fixed version, and the folder is where the host expects it.
    """
    root = tmp_path / "my-site"
    assert newsgen("init", "my-site", "--host", host, cwd=tmp_path).returncode == 0
    assert read(root / "newsgen.yaml")["host"] == host
    files = {path: read(root / path) for path in host_files(host, "my-site")}
    install, nightly, *others = lines([*files.values()])
    assert install == "python -m pip install --requirement requirements.txt"
    done = newsgen(*shlex.split(nightly)[1:], cwd=root)
    assert done.returncode == 0, done.stderr
    for line in others:
        if not line.startswith("npx "):
            subprocess.run(line, shell=True, cwd=root, check=True)
            assert (root / "public/index.html").is_file()
            assert not (root / "public").is_symlink()
            continue
        _, yes, program, *words = shlex.split(line)
        assert yes == "--yes"
        assert re.fullmatch(r"[a-z-]+@\d+\.\d+\.\d+", program)
        sent = [word for word in words if word.startswith("editions/")]
        sent += [
            one["pages_build_output_dir"] for one in files.values() if "compatibility_date" in one
        ]
        assert (root / sent[0] / "index.html").is_file()
    for folder in (".newsgen", "media", "editions"):
        workflow = next(iter(host_files(host, "my-site").values()))
        assert re.search(rf"^\s+(?:- )?{re.escape(folder)}/?$", workflow, re.M)


@pytest.mark.parametrize("host", NAMES)
def test_the_files_are_those_of_the_docs(host: str) -> None:
    """The docs page of a host shows each file as `newsgen init` writes it, and the command."""
    page = (ROOT / f"docs/hosts/{host}.md").read_text("utf-8")
    for path, text in host_files(host, "my-site").items():
        assert re.search(rf"^`{re.escape(path)}`:\n\n```\w+\n{re.escape(text)}```$", page, re.M)
    assert f"--host {host}\n" in page


def test_a_host_that_is_not_known(tmp_path: Path) -> None:
    """An unknown host is refused with a list of the known ones, and nothing is written."""
    done = newsgen("init", "a", "--host", "floppy", cwd=tmp_path)
    assert done.returncode == 2
    assert "cloudflare" in done.stderr
    assert not (tmp_path / "a").exists()
