"""The rules under CI, in small pytest runs of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import PATIENCE, ROOT

CONFTEST = """
import os, ci
def pytest_configure(config):
    ci.register(config)
"""
# Tests that fail on their first run: in the body, in setup, or in teardown.
FLAKY = """
import pytest
from pathlib import Path

def once(name):
    if not Path(name).exists():
        Path(name).touch()
        raise RuntimeError("only once")

@pytest.fixture
def before():
    once("before")

@pytest.fixture
def after():
    yield
    once("after")

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("where", ["a@b]::", "c d"])
def test_body(where):
    once(str(len(where)))

def test_before(before): pass
def test_after(after): pass
def test_good(): pass
"""
BROKEN = "def test_broken(): assert 0\n"
CRASH = "import os\ndef test_crash(): os._exit(1)\n"
SKIPS = """
import pytest
def test_expected(): pytest.skip("sshd is not installed")
def test_other(): pytest.skip("chromium is not installed")
@pytest.mark.skip(reason="I do not like it")
def test_marked(): pass
@pytest.mark.xfail
def test_known(): assert 0
"""
MODULE = "import pytest\npytest.importorskip('no_such_module')\n"


def run(folder: Path, *arguments: str, **files: str) -> tuple[int, str, str]:
    """Return the exit code, the output, and its last line.

    The run keeps its files here. In the folder that all runs share, it would delete what earlier
    ones left, which can take minutes.
    """
    for name, text in {"conftest": CONFTEST, **files}.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra\n")
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")} | {
        "PYTHONPATH": str(ROOT / "tests")
    }
    own = f"--basetemp={folder / '.runs'}"
    command = [sys.executable, "-m", "pytest", "--color=no", own, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout, done.stdout.rstrip().rpartition("\n")[2]


def test_a_test_that_passes_alone_is_named(tmp_path: Path) -> None:
    """A test that fails among others and passes alone is no failure, but the last lines name it.

    This holds for setup, body and teardown.
    """
    code, said, last = run(tmp_path, "-n", "2", "--dist", "loadgroup", test_flaky=FLAKY)
    assert code == 0, said
    assert re.match(r"=+ 5 passed, 4 rerun in ", last), said
    named = re.findall(r"^AGAIN test_flaky\.py::(\S+)", said, re.M)
    assert sorted(name.partition("[")[0] for name in named) == [
        "test_after",
        "test_before",
        "test_body",
        "test_body",
    ]
    assert said.count("RuntimeError: only once") >= 4  # the reason of each first failure


@pytest.mark.parametrize(
    ("files", "options", "last_line"),
    [
        ({"test_flaky": FLAKY, "test_broken": BROKEN}, [], r"1 failed, 5 passed, 4 rerun"),
        (
            {"test_crash": CRASH, "test_good": "def test_good(): pass\n"},
            ["-n", "1"],
            r"1 failed, 1 passed",
        ),
        ({"test_error": "import no_such_module\n"}, [], r"1 error"),
        (
            {
                "test_many": "import pytest\n@pytest.mark.parametrize('n', range(11))\ndef "
                f"test_n(n): assert 0\n{BROKEN}"
            },
            [],
            r"12 failed in",
        ),
        ({"test_skips": SKIPS}, [], r"1 failed, 1 skipped, 1 xfailed, 1 error"),
        ({"test_module": MODULE}, [], r"1 error"),
    ],
    ids=["broken", "crash", "import", "many", "skips", "module"],
)
def test_what_is_a_failure(
    tmp_path: Path, files: dict[str, str], options: list[str], last_line: str
) -> None:
    """These are failures: failing alone too, a crash, an import error, a needless skip.

    Many failures are not repeated.
    """
    code, said, last = run(tmp_path, *options, **files)
    assert code != 0
    assert re.match(rf"=+ {last_line}", last), said


def test_what_is_started_hears_ctrl_c() -> None:
    """Programs that tests start do not ignore SIGINT, even if this run does, as in a shell's
    background job.
    """
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
