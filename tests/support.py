"""Shared by all tests: a small site on disk, built by the real pipeline or the real command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

import forks
from newsgen.build.pipeline import BuildOptions, Result, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.content.loader import Options, load_article
from newsgen.core.engine import local

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
STANDARDS = ROOT.parent / "shared" / "standards"
PATIENCE = 300.0  # seconds until a wait gives up; no test passes or fails because of a shorter time
AS_OF = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
_OWN = (".newsgen-lock", ".newsgen-manifest")
_T = TypeVar("_T")


class SmallSite:
    """A site in its own folder. `root` starts with nothing but newsgen.yaml."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.root = root
        self.output = root / "site"
        root.mkdir(parents=True, exist_ok=True)
        self.settings(**settings)

    def settings(self, **more: Any) -> None:
        """Write newsgen.yaml, replacing the previous one."""
        values = {"title": "The Test Wire", "url": "https://wire.example", **more}
        self.write("newsgen.yaml", yaml.safe_dump(values, sort_keys=False, allow_unicode=True))

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file below the root and return it."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def article(self, name: str, /, body: str = "", **fields: Any) -> Path:
        """Write `content/NAME.md`, with defaults such as a title and a date.

        None leaves a field out.
        """
        values = {
            "title": f"Story {name}",
            "publishedDateTime": "2026-01-30T08:00:00Z",
            "webUrl": f"https://paper.example/{name}",
            "provider": {"name": "Paper", "domain": "paper.example"},
            "topics": ["AI"],
            **fields,
        }
        kept = {key: value for key, value in values.items() if value is not None}
        front = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)
        return self.write(f"content/{name}.md", f"---\n{front}---\n{body}")

    def page_file(self, name: str, /, body: str = "", **fields: Any) -> Path:
        """Write `content/pages/NAME.md`, with a default title."""
        front = yaml.safe_dump(
            {"title": f"Page {name}", **fields}, sort_keys=False, allow_unicode=True
        )
        return self.write(f"content/pages/{name}.md", f"---\n{front}---\n{body}")

    def every_kind(self) -> None:
        """Write articles and a plain page that together give a page of every kind."""
        more = {"tags": ["Tides"], "authors": ["Ann"], "type": "video", "series": "Tides"}
        for name in ("one", "two"):
            self.article(name, **more)
        corrections = [{"date": "2026-01-30", "text": "It is two metres, not three."}]
        self.article(
            "three",
            **more,
            aliases=["/old/three/"],
            corrections=corrections,
            updated="2026-01-30T09:00:00Z",
        )
        self.article("four", removed=True, gone=True)
        self.write("_data/authors/ann.yaml", "name: Ann\nbio: Writes about tides.\n")
        self.page_file("about", menu=True)

    def build(
        self,
        *,
        as_of: datetime = AS_OF,
        drafts: bool = False,
        future: bool = False,
        jobs: int = 1,
        **paths: Any,
    ) -> Result:
        """Build with the pipeline itself. `paths` are arguments of `load_config`."""
        config = load_config(self.root, **paths)
        return build(config, BuildOptions(Clock(as_of, drafts, future), local(jobs)))

    def compile(self) -> None:
        """Put the compiled theme into the cache, for commands in a separate Python: compiling takes
        them longer than everything else.
        """
        self.build()
        shutil.rmtree(self.output)

    def run(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the real command in the site's folder."""
        return newsgen(*arguments, cwd=self.root, **options)

    def tree(self) -> dict[str, bytes]:
        """Return the output: bytes by path."""
        return read_tree(self.output)

    def page(self, path: str) -> str:
        """Return a page of the output as text. A trailing slash means the folder's index.html."""
        return (
            self.output
            / (path.lstrip("/") + "index.html" if path.endswith("/") else path.lstrip("/"))
        ).read_text("utf-8")


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return all files of an output by path, without the manifest and the lock."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    tree = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {path: data for path, data in tree.items() if path not in _OWN}


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of `newsgen ARGUMENTS` for the Python that runs the tests."""
    return [sys.executable, "-m", "newsgen", *map(str, arguments)]


def newsgen(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
    before: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the real command, and return its exit code, standard output and standard error.

    Its process is a fork of one that has imported newsgen. `started` starts Python for it. The
    process first calls `before`, a "module:function" of tests/.
    """
    everything = {**os.environ, **(env or {})}
    if not forks.possible(everything):
        return started(*arguments, cwd=cwd, env=everything, timeout=timeout, before=before)
    return forks.run([*map(str, arguments)], cwd, everything, timeout, before)


def started(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float = PATIENCE,
    before: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the command in a new Python process, and return the same as `newsgen`."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        preexec_fn=forks.named(before) if before else None,
        check=False,
    )


def in_background(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] = os.environ, err: int | None = None
) -> forks.Fork | subprocess.Popen[bytes]:
    """Start the real command in a new session, to be killed or watched. Its standard error is the
    file descriptor `err`. Its other output is dropped.
    """
    with open(os.devnull, "wb") as nowhere:
        fd = nowhere.fileno()
        err = fd if err is None else err
        if forks.possible(env):
            words = [*map(str, arguments)]
            return forks.start(words, cwd, env, fd, err, before="limits:own_session")
        return subprocess.Popen(
            command(*arguments),
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=err,
            start_new_session=True,
        )


def eventually(
    look: Callable[[], _T], what: str = "what the test waits for", pause: float = 0.005
) -> _T:
    """Return the first true value that `look` returns, looking again after `pause` seconds.

    Fails only if it would fail on a machine of any speed.
    """
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, f"{what} never came"
        time.sleep(pause)
    return found


def members(group: int) -> list[int]:
    """Return the running processes of a process group, without zombies (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just exited
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def warm_up() -> None:
    """Import the modules that parse articles, so that no fork of this process, such as a build's,
    imports them again.
    """
    for engine in ("commonmark", "markdown"):
        load_article(b"---\nwebUrl: https://paper.example/\n---\n*a*", Options("UTC", engine, ()))


def rounds(number: int) -> int:
    """Return how many random examples to try. NEWSGEN_ROUNDS multiplies it, for a long search."""
    return round(number * float(os.environ.get("NEWSGEN_ROUNDS", "1")))
