"""Faults in operation that users of such tools report, from ../shared/cases/ops-*.

Each case behaves as its README says. Cases whose scripts only wait for some seconds (05, 06, 17,
19, 20) have their own tests: tests/preview/test_links.py, tests/cli/test_serve.py,
tests/publish/test_targets.py and tests/preview/test_server.py.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from photos import photo
from support import ROOT, SmallSite, command, read_tree

CASES = ROOT.parent / "shared" / "cases"
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="there is no folder ../shared/cases beside the project"
)


class Script:
    """A copy of a case after its run.sh: its output and its folder."""

    def __init__(self, folder: Path, name: str) -> None:
        (found,) = CASES.glob(f"ops-{name}-*")
        self.folder = folder / found.name
        shutil.copytree(found, self.folder)
        shutil.copy(CASES / "mksite.sh", folder)
        newsgen = folder / "newsgen"
        newsgen.write_text(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
        newsgen.chmod(0o755)
        script = self.folder / "run.sh"
        script.write_text(script.read_text().replace("timeout 5 ", "timeout 120 "))
        done = subprocess.run(
            ["bash", script, newsgen], capture_output=True, text=True, timeout=600, check=False
        )
        self.out, self.said = done.stdout, done.stderr


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Script:
    """The case named at the start of the test's name: `test_02_...` runs ops-02-*."""
    return Script(tmp_path, request.node.name.split("_")[1])


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """The case's server, at a free port in `url`. Calling it returns the requests it received."""
    (found,) = CASES.glob(f"ops-{request.node.name.split('_')[1]}-*")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, found / "server.py", str(port)]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"

        def requests() -> list[str]:
            log = tmp_path / "srv.log"
            lines = map(json.loads, log.read_text().splitlines()) if log.exists() else ()
            return [f"{method} {path}" for _, method, path in lines]

        requests.url = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
        yield requests
        process.kill()


@pytest.mark.needs("git")
def test_01_a_hook_and_the_users_index(case: Script) -> None:
    """Both hooks publish, and the repository's index keeps only its own files."""
    assert case.said.count("newsgen 0") >= 2
    assert not [line for line in case.out.splitlines() if line.endswith(".html")]
    assert "fatal" not in case.said


@pytest.mark.needs("git")
def test_02_a_file_becomes_a_folder(case: Script) -> None:
    """The build and the git target replace what newsgen itself wrote."""
    assert [line for line in case.out.splitlines() if line[-1:].isdigit()] == [
        "page in the place of a file: 0",
        "file in the place of a folder: 0",
        "git target: 0",
    ]


@pytest.mark.needs("git")
def test_03_version_control_in_static(case: Script) -> None:
    """The checkout's files are copied, but not its .git."""
    assert not (case.folder / "work/site/.git").exists()
    assert (case.folder / "work/site/a.css").read_text() == "a\n"


def test_04_a_cache_that_cannot_be_made(case: Script) -> None:
    """`serve` ends in the same way as `build`."""
    assert case.out.splitlines() == ["build 3", "serve 3"]
    assert case.said.count("pass another folder with --cache") == 2
    assert "Traceback" not in case.said


def test_07_a_redirect_in_utf8(server: Callable[[], list[str]], tmp_path: Path) -> None:
    """The redirect is followed to the image."""
    url = f"{server.url}/moved-utf8.jpg"  # type: ignore[attr-defined]
    report = fetched(tmp_path, url)
    assert (report["fetched"], report["failed"]) == (1, 0)
    assert server()[-1] == "GET /bild-%C3%BC%20x.jpg"


@pytest.mark.parametrize("kind", ["busy", "busynone", "s503"])
def test_08_a_busy_host(server: Callable[[], list[str]], tmp_path: Path, kind: str) -> None:
    """Of twenty images only one is requested, and none in the next run."""
    urls = [f"{server.url}/{kind}/{n}" for n in range(20)]  # type: ignore[attr-defined]
    fetched(tmp_path, *urls)
    asked = server()
    assert len(set(asked)) == 1
    assert fetched(tmp_path, *urls)["asked"] == 0
    assert server() == asked


def fetched(folder: Path, *urls: str) -> dict[str, int]:
    site = SmallSite(folder / "site", network={"private": ["127.0.0.1"]}, images={"per_host": 1})
    for n, url in enumerate(urls):
        site.article(f"a{n}", images=[url])
    done = site.run("images", "fetch", "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, int] = json.loads(done.stdout)
    return report


def test_09_a_file_of_the_future(site: SmallSite) -> None:
    """Three nightly runs without changes write one report."""
    for file in (site.root / "content").iterdir():
        os.utime(file, (1, 1))
    os.utime(site.root / "content/one.md", (2_051_222_400, 2_051_222_400))
    for _ in range(3):
        assert site.run("nightly", "--if-due", "-q").returncode == 0
    assert len(list((site.root / "editions/reports").glob("*.json"))) == 1


def test_11_long_static_names(case: Script) -> None:
    """A file name of 250 bytes is built."""
    assert case.out.split()[-1] == "0"
    assert ("x" * 246 + ".pdf") in read_tree(case.folder / "work/site")


@pytest.mark.needs("git")
def test_12_attributes_and_filters(case: Script) -> None:
    """The branch has exactly the same bytes."""
    code, picture, text, *_ = case.out.splitlines()
    assert (code, picture) == ("0", "picture")
    assert text.split()[1:] == ["a", r"\r", r"\n", "b", r"\r", r"\n"]


def test_13_names_in_nfd(site: SmallSite) -> None:
    """An image with an NFD name on disk is found by its NFC name.

    It is in the static folder or beside the article.
    """
    site.write("static/bru\u0308cke.jpg", photo())
    site.write("content/ka\u0308hne.jpg", photo())
    site.article("one", images=["/br\u00fccke.jpg"])
    site.article("two", images=["k\u00e4hne.jpg"])
    assert [problem.code for problem in site.build().problems] == []
    for name in ("one", "two"):
        assert "<picture" in site.page(f"/news/{name}/")


def test_14_head_fails(server: Callable[[], list[str]], tmp_path: Path) -> None:
    """A page that GET finds counts as present, whatever HEAD answers."""
    site = SmallSite(tmp_path / "site", network={"private": ["127.0.0.1"]})
    for name in ("head404", "head500", "head403", "headredir404", "headhang", "page"):
        site.article(name, webUrl=f"{server.url}/{name}")  # type: ignore[attr-defined]
    done = site.run("check", "--external", "--json")
    assert json.loads(done.stdout)["problems"] == []


def test_15_text_fragments(site: SmallSite) -> None:
    """Links to text fragments are not broken fragments, in `check` and in `check --links`."""
    site.article("one", body="[a](/news/two/#:~:text=Body) [b](#top:~:text=x)")
    site.build()
    done = site.run("check", "--links", "--json")
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == []


def test_16_a_missing_lead_picture(site: SmallSite) -> None:
    """The build reports a missing image."""
    (case,) = CASES.glob("ops-16-*")
    shutil.copy(case / "article.md", site.root / "content/case.md")
    assert ("missing-image", "content/case.md") in [
        (problem.code, problem.file) for problem in site.build().problems
    ]
