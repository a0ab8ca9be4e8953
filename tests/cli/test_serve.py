"""`newsgen serve`, as the real command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import SmallSite, command


@contextmanager
def serving(site: SmallSite, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and its address."""
    process = subprocess.Popen(
        command("serve", "--json", *arguments),
        cwd=site.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        lines = []
        while not lines or lines[-1] not in ("}\n", ""):
            lines.append(process.stdout.readline())
        yield process, json.loads("".join(lines))["url"]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        page: str = answer.read().decode()
        return page


def test_it_serves_and_ends_at_once(site: SmallSite) -> None:
    """It prints its address, shows drafts, follows the files, writes no output, and ends on Ctrl-C without a word of Python, though
    a browser listens; nothing is left."""
    site.article("three", draft=True, title="Draft three")
    with serving(site, "--port", "0") as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert "Draft three" in text(url)
        site.write("content/bad.md", "---\ntitle: [\n---\n")
        listening = urllib.request.urlopen(url + "__newsgen/events?route=/&number=0", timeout=20)
        while "bad.md" not in text(url + "__newsgen/problems"):
            time.sleep(0.05)
        (site.root / "content/bad.md").unlink()
        assert process.stderr
        said = ""
        while not said.endswith("All is well again.\n"):  # it is told by a thread of its own, after the pages know
            line = process.stderr.readline()
            assert line, said
            said += line
        assert "bad.md" not in text(url + "__newsgen/problems")
        process.send_signal(signal.SIGINT)
        _, last = process.communicate(timeout=10)
        listening.close()
    assert process.returncode == 0
    assert last == ""
    assert "Traceback" not in said
    assert said.startswith("3 articles, ")
    assert "content/bad.md:3:1: error:" in said
    assert not site.output.exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_the_next_free_port(site: SmallSite) -> None:
    """Where the port is taken the next free one is."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(site, "--port", str(port), "--quiet") as (_, url):
            assert int(url.rpartition(":")[2].strip("/")) > port


def test_what_readers_see(site: SmallSite) -> None:
    """--no-drafts, --no-future and --as-of show the site as it is to others, then."""
    site.article("three", draft=True)
    site.article("four", publishedDateTime="2027-01-01T08:00:00Z")
    with serving(site, "--port", "0", "--no-drafts", "--no-future", "--as-of", "2026-01-29T12:00:00Z") as (_, url):
        page = text(url)
    assert "Story one" in page
    assert not [word for word in ("Story two", "Story three", "Story four") if word in page]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--port", "70000"), 2, "70000"),
        (("--host", "nowhere.invalid"), 2, "nowhere.invalid"),
        (("--as-of", "soon"), 2, "--as-of soon"),
        (("--set", "preview.editor=javascript:alert(1)"), 2, "preview.editor"),
    ],
)
def test_what_cannot_be_served_is_told(site: SmallSite, arguments: tuple[str, ...], code: int, words: str) -> None:
    """A port, an address, a time or a setting that there is not ends it with a word."""
    done = site.run("serve", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_settings_end_it(tmp_path: Path) -> None:
    """A site that cannot be planned at first is not served."""
    done = SmallSite(tmp_path / "site", url="nowhere").run("serve")
    assert done.returncode == 2
    assert "newsgen.yaml" in done.stderr
