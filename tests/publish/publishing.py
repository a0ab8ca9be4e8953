"""What tests of publishing share: build, publish, and look at what is live."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from support import SmallSite, read_tree

AT = ("--as-of", "2026-01-31T12:00")


def built(site: SmallSite) -> None:
    """Build the site as it is in January 2026."""
    done = site.run("build", *AT, "-q")
    assert done.returncode == 0, done.stderr


def run(site: SmallSite, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """What a command answers as JSON; it must end with this code."""
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
    """The files that readers see."""
    return read_tree(site.root / "editions/current")


def aged(site: SmallSite) -> None:
    """Let no input be so young that its stat is not trusted."""
    for file in site.root.rglob("*"):
        if file.is_file() and not {"site", "editions", ".newsgen"} & set(
            file.relative_to(site.root).parts
        ):
            os.utime(file, (1, 1))


def codes(document: dict[str, Any]) -> list[str]:
    """The codes of the problems."""
    return [problem["code"] for problem in document["problems"]]
