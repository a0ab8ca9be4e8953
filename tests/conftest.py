"""Fixtures and options of all tests: a small site, golden files, programs and corpora that may be missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realsites import Builds
from support import CORPUS, STANDARDS, SmallSite

TOOLS = Path(__file__).parent / "tools.txt"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh", action="store_true", help="Write golden files anew instead of comparing with them.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(command): runs a program of tests/tools.txt; left out where it is missing")
    config.addinivalue_line("markers", "standards: reads the schemas of ../shared/standards; left out where they are missing")
    config.addinivalue_line("markers", "corpus: reads the real articles of ../shared/corpus; left out where they are missing")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if name not in tools():
                pytest.fail(f"{name} is not in tests/tools.txt, so that nothing installs it", pytrace=False)
            if not shutil.which(name):
                package = tools()[name]
                leave_out(f"{name} is not installed (Debian package {package})", strict=in_ci() and package != "-")
    if item.get_closest_marker("standards") and not STANDARDS.is_dir():
        leave_out("there is no folder ../shared/standards beside the project", strict=in_ci() and STANDARDS.parent.is_dir())
    if item.get_closest_marker("corpus") and not CORPUS.is_dir():
        leave_out("there is no folder ../shared/corpus beside the project", strict=in_ci() and CORPUS.parent.is_dir())


def tools() -> dict[str, str]:
    """The programs that tests may ask for, with the Debian package of each."""
    lines = (line.split() for line in TOOLS.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#"))
    return {words[0]: words[1] for words in lines}


def in_ci() -> bool:
    """Whether leaving a test out counts as a failure."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def leave_out(why: str, strict: bool) -> None:
    """Leave the test out and say why; where that is not allowed, fail."""
    if strict:
        pytest.fail(f"may not be left out under CI: {why}", pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """The demo site and the corpora: `builds["demo"]`."""
    return Builds(tmp_path_factory)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., SmallSite]:
    """Makes empty sites with these settings: `make_site(per_page=2)`."""
    made: list[SmallSite] = []

    def make(**settings: Any) -> SmallSite:
        made.append(SmallSite(tmp_path / f"site{len(made)}", **settings))
        return made[-1]

    return make


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    """A site with two articles of one topic."""
    small = make_site()
    small.article("one", publishedDateTime="2026-01-29T08:00:00Z")
    small.article("two")
    return small


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """Compares bytes with those of a file; with --refresh it writes the file."""

    def compare(file: Path, found: bytes) -> None:
        if request.config.getoption("--refresh"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(found)
        assert file.is_file(), f"{file} is missing; pytest --refresh writes it"
        assert found.decode() == file.read_text("utf-8")

    return compare
