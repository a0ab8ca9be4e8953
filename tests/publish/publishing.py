"""Helpers for tests of publishing: build, publish, and read the live edition."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from support import SmallSite, read_tree

AT = ("--as-of", "2026-01-31T12:00")


def built(site: SmallSite) -> None:
    """Build the site as of January 2026."""
    done = site.run("build", *AT, "-q")
    assert done.returncode == 0, done.stderr


def run(site: SmallSite, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """Return the JSON output of a command, which must end with this code."""
    done = site.run(*arguments, "--json")
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr + done.stdout
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def published(site: SmallSite, *arguments: str) -> dict[str, Any]:
    """Build and publish."""
    built(site)
    return run(site, "publish", *arguments)


def live(site: SmallSite) -> dict[str, bytes]:
    """Return the files that readers see."""
    return read_tree(site.root / "editions/current")


def aged(site: SmallSite) -> None:
    """Make all inputs old enough for their stats to be trusted."""
    for file in site.root.rglob("*"):
        if file.is_file() and not {"site", "editions", ".newsgen"} & set(
            file.relative_to(site.root).parts
        ):
            os.utime(file, (1, 1))


def codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of the problems."""
    return [problem["code"] for problem in document["problems"]]
