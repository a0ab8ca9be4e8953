"""`newsgen serve`, as the real command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support import PATIENCE, SmallSite, command, eventually, members


@contextmanager
def serving(
    site: SmallSite, *arguments: str, start: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield the running command and its address; `start` is the command line before it. It is
    killed before a test could wait for ever.
    """
    process = subprocess.Popen(
        [*start, *command("serve", "--json", *arguments)],
        cwd=site.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    overdue = threading.Timer(PATIENCE, process.kill)
    overdue.start()
    try:
        assert process.stdout
        lines = []
        while not lines or lines[-1] not in ("}\n", ""):
            lines.append(process.stdout.readline())
        yield process, json.loads("".join(lines))["url"]
    finally:
        overdue.cancel()
        overdue.join()
        if process.poll() is None:
            process.kill()
        process.communicate()


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """Return standard error up to a line with these words."""
    assert process.stderr
    said = ""
    while words not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        page: str = answer.read().decode()
        return page


def test_it_serves_and_ends_at_once(site: SmallSite) -> None:
    """The command prints its address, shows drafts, follows the files and writes no output. It ends
    on Ctrl-C without a traceback, although a browser listens, and leaves nothing.
    """
    site.article("three", draft=True, title="Draft three")
    with serving(site, "--port", "0") as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert "Draft three" in text(url)
        site.write("content/bad.md", "---\ntitle: [\n---\n")
        with urllib.request.urlopen(url + "__newsgen/events?route=/&number=0", timeout=PATIENCE):
            said = said_until(
                process, "content/bad.md:3:1: error:"
            )  # a separate thread prints it, at another moment than the pages change
            assert "bad.md" in text(url + "__newsgen/problems")
            (site.root / "content/bad.md").unlink()
            said += said_until(process, "No errors.\n")
            assert "bad.md" not in text(url + "__newsgen/problems")
            process.send_signal(signal.SIGINT)
            _, last = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert last == ""
    assert "Traceback" not in said
    assert said.startswith("3 articles, ")
    assert not site.output.exists()
    eventually(lambda: not members(process.pid), "the end of its processes")


def test_the_next_free_port(site: SmallSite) -> None:
    """If the port is taken, the next free one is used."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(site, "--port", str(port), "--quiet") as (_, url):
            assert int(url.rpartition(":")[2].strip("/")) > port


def test_what_readers_see(site: SmallSite) -> None:
    """--no-drafts, --no-future and --as-of show the site as readers see it at that time."""
    site.article("three", draft=True)
    site.article("four", publishedDateTime="2027-01-01T08:00:00Z")
    with serving(
        site, "--port", "0", "--no-drafts", "--no-future", "--as-of", "2026-01-29T12:00:00Z"
    ) as (_, url):
        page = text(url)
    assert "Story one" in page
    assert not [word for word in ("Story two", "Story three", "Story four") if word in page]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--port", "70000"), 2, "70000"),
        (("--host", "nowhere.invalid"), 2, "nowhere.invalid"),
        (("--as-of", "soon"), 2, "--as-of soon"),
        (("--allow-host", "https://x.example"), 2, "--allow-host https://x.example"),
        (("--cache", "newsgen.yaml/cache"), 3, "hint: pass another folder with --cache"),
        (("--set", "preview.editor=javascript:alert(1)"), 2, "preview.editor"),
    ],
)
def test_what_cannot_be_served_is_told(
    site: SmallSite, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """An invalid port, address, time or setting ends the command with a message."""
    done = site.run("serve", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_settings_end_it(tmp_path: Path) -> None:
    """A site that cannot be planned at the start is not served."""
    done = SmallSite(tmp_path / "site", url="nowhere").run("serve")
    assert done.returncode == 2
    assert "newsgen.yaml" in done.stderr


def isolated(*options: str) -> list[str]:
    """Return the beginning of a command line that runs the rest in new namespaces; the test is
    skipped where that is not allowed.
    """
    start = ["unshare", "--user", "--map-root-user", *options]
    if (
        not shutil.which("unshare")
        or subprocess.run([*start, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system allows no namespaces")
    return start


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_as_process_1_of_a_container(site: SmallSite, stop: signal.Signals) -> None:
    """As process 1, for which the system has no default action, SIGTERM and Ctrl-C end it with 0
    and without output.
    """
    start = isolated("--fork", "--pid", "--kill-child")
    with serving(site, "--port", "0", "--quiet", start=start) as (process, _):
        inner = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        os.kill(int(inner), stop)
        assert process.communicate(timeout=PATIENCE)[1] == ""
    assert process.returncode == 0


@pytest.mark.parametrize("watches", [1, 8])
def test_the_limit_of_watches_is_said_and_polled(site: SmallSite, watches: int) -> None:
    """If the system allows too few watches, at the start or for new folders, the command says so,
    polls, and shows edits.
    """
    limit = f'echo {watches} > /proc/sys/user/max_inotify_watches && exec "$@"'
    with serving(site, "--port", "0", start=[*isolated(), "sh", "-c", limit, "-"]) as (
        process,
        url,
    ):
        for number in range(20):
            site.article(f"f{number}/new-{number}", title=f"New {number}")
        said_until(process, "looks for changes itself")
        site.article("f19/new-19", title="Edited in the last folder")
        shown = ""
        while "Edited in the last folder" not in shown:
            with suppress(urllib.error.HTTPError):  # not created yet
                shown = text(url + "news/new-19/")
