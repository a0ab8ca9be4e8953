"""The steps of a tutorial or a recipe in the docs: files to write and commands to run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from support import newsgen

_STEP = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```", re.M | re.S)


def follow(text: str, place: Path, hosts: Mapping[str, str] | None = None) -> list[str]:
    """Write the files and run the commands of a text, in their order, below a folder.

    A block after a line with a path is that file; lines for settings are added to those that are
    there. `hosts` are addresses in files, with the servers that stand for them. Return what the
    commands printed; each must succeed.
    """
    printed = []
    for path, kind, block in _STEP.findall(text):
        if path:
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            for host, server in (hosts or {}).items():
                block = block.replace(host, server)
            with file.open("a" if file.name == "newsgen.yaml" else "x", encoding="utf-8") as out:
                out.write(block)
            continue
        assert kind == "sh", block
        for line in block.splitlines():
            program, *words = shlex.split(line)
            if program == "mkdir":
                (place / words[0]).mkdir()
                continue
            assert program == "newsgen"
            done = newsgen(*words, cwd=place)
            assert done.returncode == 0, line + done.stderr
            printed.append(done.stdout + done.stderr)
    return printed
