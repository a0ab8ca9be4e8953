"""Fixtures and options of all tests: a small site, golden files, optional programs and corpora."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# If Python must not write bytecode, as in many containers, each of the many processes that tests
# start would compile newsgen again. This is before the other imports, to cover them too.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as examples  # noqa: E402

import ci  # noqa: E402
from realsites import Builds  # noqa: E402
from support import CORPUS, STANDARDS, SmallSite, rounds, warm_up  # noqa: E402

TOOLS = Path(__file__).parent / "tools.txt"
for _proxy in (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
):  # tests reach their hosts directly
    os.environ.pop(_proxy, None)
    os.environ.pop(_proxy.upper(), None)


# No test fails because a machine is slow. CI always tries the same examples, so that no change
# fails by chance. Elsewhere, examples differ each time, and those that failed before come first.
examples.register_profile(
    "local",
    deadline=None,
    max_examples=rounds(50),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
examples.register_profile("ci", examples.get_profile("local"), derandomize=True, database=None)
examples.load_profile("ci" if ci.in_ci() else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh",
        action="store_true",
        help="Write golden files anew instead of comparing with them.",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Background jobs of a shell ignore Ctrl-C, and what nohup starts ignores SIGHUP. Programs that
    # tests start would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.name == "posix" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if ci.in_ci():
        ci.register(config)
    config.addinivalue_line(
        "markers", "needs(command): runs a program of tests/tools.txt; left out where it is missing"
    )
    config.addinivalue_line(
        "markers",
        "standards: reads the schemas of ../shared/standards; left out where they are missing",
    )
    config.addinivalue_line(
        "markers",
        "corpus: reads the real articles of ../shared/corpus; left out where they are missing",
    )


def pytest_collection_finish() -> None:
    """Leave the thousands of collected tests out of each later garbage collection, which would
    also copy their memory in each fork."""
    warm_up()
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if name not in tools():
                pytest.fail(
                    f"{name} is not in tests/tools.txt, so that nothing installs it", pytrace=False
                )
            if not shutil.which(name):
                pytest.skip(f"{name} is not installed")
    for mark, folder in (("standards", STANDARDS), ("corpus", CORPUS)):
        if item.get_closest_marker(mark) and not folder.is_dir():
            if folder.parent.is_dir():
                pytest.skip(f"../shared has no folder {folder.name}")
            pytest.skip("there is no folder ../shared beside the project")


def tools() -> dict[str, str]:
    """Return the programs that tests may need, each with its Debian package."""
    lines = (
        line.split()
        for line in TOOLS.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    )
    return {words[0]: words[1] for words in lines}


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Return the demo site and the corpora, by name: `builds["demo"]`."""
    return Builds(tmp_path_factory)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., SmallSite]:
    """Return a function that makes empty sites with these settings: `make_site(per_page=2)`."""
    made: list[SmallSite] = []

    def make(**settings: Any) -> SmallSite:
        made.append(SmallSite(tmp_path / f"site{len(made)}", **settings))
        return made[-1]

    return make


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    """Return a site with two articles of one topic."""
    small = make_site()
    small.article("one", publishedDateTime="2026-01-29T08:00:00Z")
    small.article("two")
    return small


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """Compare bytes with a file's. With --refresh, write the file instead."""

    def compare(file: Path, found: bytes) -> None:
        if request.config.getoption("--refresh"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(found)
        assert file.is_file(), f"{file} is missing; pytest --refresh writes it"
        assert found.decode() == file.read_text("utf-8")

    return compare
