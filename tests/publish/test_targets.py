"""Sending editions to other places: a real rsync daemon and a bare git repository."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from newsgen.store.output import MANIFEST
from support import PATIENCE, SmallSite, read_tree

from .publishing import aged, built, codes, live, published, run


class Server:
    """An rsync daemon on loopback; `folder` is its module `site`. Each connection has a separate
    process, as with inetd, so the port belongs to this server from beginning to end, although
    nothing listens there before it starts.
    """

    def __init__(self, root: Path) -> None:
        self.folder, self._conf, self.log = (
            root / "served",
            root / "rsyncd.conf",
            root / "rsyncd.log",
        )
        self.folder.mkdir()
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._answers: list[Future[None]] = []
        self.address = f"rsync://127.0.0.1:{self._socket.getsockname()[1]}/site/"
        self.configure()

    def configure(self, more: str = "read only = no") -> None:
        who = f"uid = {os.getuid()}\ngid = {os.getgid()}\n"
        log = f"log file = {self.log}\ntransfer logging = yes\nlog format = %o <%f>\n"
        self._conf.write_text(f"{who}use chroot = no\n{log}[site]\npath = {self.folder}\n{more}\n")

    def close(self) -> None:
        self._socket.close()

    @contextmanager
    def serving(self, breaks: int = 0) -> Iterator[None]:
        """Answer connections; with `breaks`, cut each after so many bytes."""
        stop = threading.Event()
        self._socket.listen()
        self._socket.settimeout(0.05)  # between two checks of `stop`
        thread = threading.Thread(target=self._serve, args=(stop, breaks))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _serve(self, stop: threading.Event, breaks: int) -> None:
        with ThreadPoolExecutor() as pool:
            while not stop.is_set():
                with suppress(TimeoutError):
                    self._answers.append(
                        pool.submit(self._answer, self._socket.accept()[0], breaks)
                    )

    def _answer(self, client: socket.socket, breaks: int) -> None:
        ours, theirs = socket.socketpair()
        daemon = ["rsync", "--daemon", f"--config={self._conf}"]
        with client, ours:
            client.setblocking(True)
            with theirs:
                process = subprocess.Popen(
                    daemon, stdin=theirs, stdout=theirs, start_new_session=True
                )
            with process, ThreadPoolExecutor() as pool:
                pool.submit(_pass_on, ours, client)
                _pass_on(client, ours, breaks)
                if breaks:
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)

    def received(self) -> list[str]:
        """Return the received files, in order, once all senders have gone."""
        for answer in self._answers:
            answer.result(PATIENCE)
        return re.findall(r"recv <(.*)>$", self.log.read_text(), re.M)


def _pass_on(source: socket.socket, target: socket.socket, most: int = 0) -> None:
    """Forward bytes until the end, or at most `most`."""
    passed = 0
    with suppress(OSError):
        while (data := source.recv(1 << 14)) and not (most and passed > most):
            target.sendall(data)
            passed += len(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.close()


def received(server: Server) -> dict[str, bytes]:
    return read_tree(server.folder)


@pytest.mark.needs("rsync")
def test_rsync_sends_what_changed(site: SmallSite, server: Server) -> None:
    """The first run sends all files, later ones only changed files; removed files and empty folders
    are deleted, and foreign and unchanged ones stay.
    """
    (server.folder / "news").mkdir()
    (server.folder / "news/foreign.txt").write_text("mine")
    site.write("static/a b/Ö $(x).txt", "odd")
    target = ("--target", server.address)
    with server.serving():
        done = published(site, *target)
        assert done["sent"] == [{"target": server.address, "files": len(site.tree()), "removed": 0}]
        assert received(server) == live(site) | {"news/foreign.txt": b"mine"}
        gone = live(site).keys() - set()
        kept = (server.folder / "news/two/index.html").stat()
        site.article("three")
        (site.root / "content/one.md").unlink()
        shutil.rmtree(site.root / "static/a b")
        built(site)
        dry = run(site, "publish", "--dry-run", *target)
        done = published(site, "--force", *target)
        assert received(server) == live(site) | {"news/foreign.txt": b"mine"}
        assert not (server.folder / "news/one").exists()
        assert not (server.folder / "a b").exists()
        assert 0 < done["sent"][0]["files"] < len(site.tree())
        assert done["sent"][0]["removed"] == len(gone - live(site).keys())
        assert dry["sent"] == done["sent"]
        again = published(site, *target)
        assert again["sent"] == [{"target": server.address, "files": 0, "removed": 0}]
        assert (server.folder / "news/two/index.html").stat().st_mtime_ns >= kept.st_mtime_ns
        assert run(site, "rollback", "--set", f"publish.targets=[{server.address}]")["sent"][0][
            "files"
        ]
        assert received(server) == live(site) | {"news/foreign.txt": b"mine"}


@pytest.mark.needs("rsync")
def test_a_manifest_that_lies(site: SmallSite, server: Server, tmp_path: Path) -> None:
    """A target's manifest is not trusted: no file outside, and none of this machine, is sent or
    removed.
    """
    with server.serving():
        published(site, "--target", server.address)
        (tmp_path / "outside.txt").write_text("theirs")
        lies = "".join(
            f"{'0' * 32} {path}\n"
            for path in (
                "../outside.txt",
                "/etc/hostname",
                "../../../newsgen.yaml",
                "news/../../outside.txt",
                "",
            )
        )
        manifest = server.folder / MANIFEST
        manifest.write_text(manifest.read_text() + lies)
        site.article("three")
        assert published(site, "--target", server.address)["sent"][0]["removed"] == 0
    assert (tmp_path / "outside.txt").read_text() == "theirs"
    assert received(server) == live(site)
    assert "newsgen.yaml" not in server.log.read_text()


@pytest.mark.needs("rsync")
def test_rsync_sends_pages_before_lists(site: SmallSite, server: Server) -> None:
    """Style sheets and stories arrive before the lists that link to them, and removals come
    last.
    """
    with server.serving():
        published(site, "--target", server.address)
        before = len(server.received())
        site.article("three")
        site.write("static/new.css", "p { order: 1 }")
        published(site, "--target", server.address)
        order = server.received()[before:]
    places = {
        name: max(n for n, line in enumerate(order) if line == name)
        for name in ("news/three/index.html", "index.html", "feed.xml")
    }
    assert places["news/three/index.html"] < min(places["index.html"], places["feed.xml"])
    assert order[0] == order[-1] == ".newsgen-manifest"


@pytest.mark.needs("rsync")
def test_rsync_goes_on(site: SmallSite, server: Server) -> None:
    """A target that is missing, refuses, or dies half way gives exit code 3; the edition is live
    here, and the next run completes it and removes unwanted files of the broken run.
    """
    target = ("--target", server.address)
    failed = published_with(site, 3, *target)
    assert codes(failed) == ["target-failed"]
    assert live(site) == site.tree()
    server.configure("read only = yes")
    with server.serving():
        assert codes(run(site, "publish", *target, code=3)) == ["target-failed"]
    server.configure()
    with server.serving():
        run(site, "publish", *target)
    for n in range(3):
        site.article(f"big-{n}", body="word " * 60_000)
    site.write("static/big.bin", os.urandom(3_000_000))
    with server.serving(breaks=1_500_000):
        published_with(site, 3, *target)
    assert "big.bin" not in received(server)
    site.article("big-0", removed=True)
    with server.serving():
        published(site, "--force", *target)
        # A file that rsync was writing when it was killed stays there, under a hidden name.
        assert {
            path: data for path, data in received(server).items() if "/." not in f"/{path}"
        } == live(site)


def published_with(site: SmallSite, code: int, *arguments: str) -> dict:
    site.run("build", "--as-of", "2026-01-31T12:00", "-q")
    return run(site, "publish", *arguments, code=code)


@pytest.mark.needs("rsync", "git")
def test_a_limit_of_removals(site: SmallSite, server: Server, tmp_path: Path) -> None:
    """With more removals than allowed, nothing is sent to that target, exit code 5, and the others
    receive the edition.
    """
    repository(tmp_path / "bare.git")
    targets = ("--target", server.address, "--target", f"git+{tmp_path}/bare.git#pages")
    with server.serving():
        published(site, *targets)
        before = received(server)
        site.article("one", removed=True)
        done = published_with(site, 5, "--force", "--max-deletes", "0", *targets)
        assert codes(done)[-2:] == ["guard-deletes", "guard-deletes"]
        assert received(server) == before
        assert run(site, "publish", "--max-deletes", "5", *targets)["sent"][0]["removed"] == 2
        assert received(server) == live(site)


def repository(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", f"--git-dir={folder}", *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.needs("git")
def test_git_is_sent_commits(site: SmallSite, tmp_path: Path) -> None:
    """A branch gets one commit for each edition with its files; foreign files stay, and without
    changes there is no commit.
    """
    bare = tmp_path / "bare.git"
    repository(bare)
    target = ("--target", f"git+{bare}#pages")
    published(site, *target)

    def tree() -> dict[str, bytes]:
        out = tmp_path / "checkout"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        git(bare, f"--work-tree={out}", "checkout", "-f", "pages", "--", ".")
        return read_tree(out)

    assert tree() == live(site) | {".nojekyll": b""}
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", "-b", "pages", bare, other], check=True)
    (other / "CNAME").write_text("wire.example")
    for arguments in (
        ["add", "CNAME"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "A name"],
        ["push", "-q"],
    ):
        subprocess.run(["git", "-C", other, *arguments], check=True)
    site.article("three")
    site.article("one", removed=True)
    done = published(site, "--force", *target)
    assert 0 < done["sent"][0]["files"] < len(live(site))
    assert tree() == live(site) | {".nojekyll": b"", "CNAME": b"wire.example"}
    assert published(site, *target)["sent"] == [{"target": target[1], "files": 0, "removed": 0}]
    subjects = git(bare, "log", "--format=%s", "pages").splitlines()
    assert len(subjects) == 3
    assert subjects[0].endswith(done_change(site))
    assert codes(run(site, "publish", "--target", f"git+{tmp_path}/nowhere.git#pages", code=3)) == [
        "target-failed"
    ]


def done_change(site: SmallSite) -> str:
    change: str = run_list(site)[0]["change"]
    return change


def run_list(site: SmallSite) -> list[dict]:
    import json

    return json.loads(site.run("editions", "--json").stdout)


@pytest.mark.parametrize(
    "target",
    [
        "ftp://x.example/",
        "-oProxyCommand=x:y",
        "git+https://x.example/a.git",
        "/folder",
        "git+--upload-pack=x#b",
    ],
)
def test_what_is_no_target(site: SmallSite, target: str) -> None:
    """An invalid address, or one that would be an option of a program, is refused, and nothing is
    sent.
    """
    site.run("build", "-q")
    done = site.run("publish", f"--target={target}")
    assert done.returncode == 2
    assert "is not a target such as" in done.stderr
    assert not (site.root / "editions").exists()


@pytest.mark.needs("git")
def test_what_is_taken_back_and_not_sent(
    make_site: Callable[..., SmallSite], tmp_path: Path
) -> None:
    """If a target fails, the next nightly run, which is due, sends a purge, and the same rollback
    again sends a rollback.
    """
    bare, away = tmp_path / "bare.git", tmp_path / "away.git"
    repository(bare)
    site = make_site(publish={"targets": [f"git+{bare}#pages"]})
    site.article("one")
    first = run(site, "nightly")["edition"]
    site.article("two")
    aged(site)
    run(site, "nightly")

    def sent() -> list[str]:
        return git(bare, "ls-tree", "-r", "--name-only", "pages").split()

    bare.rename(away)
    run(site, "publish", "--purge", "/news/two/", code=3)
    away.rename(bare)
    assert "news/two/index.html" in sent()
    run(site, "nightly", "--if-due")
    assert "news/two/index.html" not in sent()
    assert "not due" in site.run("nightly", "--if-due").stderr
    bare.rename(away)
    run(site, "rollback", code=3)
    away.rename(bare)
    assert run(site, "rollback", first)["sent"][0]["files"]
    assert set(live(site)) <= set(sent())
