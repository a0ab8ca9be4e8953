"""newsgen as others install it: a wheel with the theme in it, `pip install .`, an sdist that is whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import time
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from newsgen import __version__
from support import ROOT, SmallSite, read_tree

pytestmark = pytest.mark.xdist_group("packaging")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed, without a trace of the environment that runs the tests."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([*map(str, arguments)], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def empty_environment(folder: Path) -> Path:
    """A new virtual environment with nothing in it, not even pip; its Python."""
    venv.create(folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, and the wheel that is built from the sdist alone."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, sdist, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def theme_files() -> set[str]:
    files = [file for name in ("templates", "static") for file in (ROOT / name).rglob("*") if file.is_file()]
    return {file.relative_to(ROOT).as_posix() for file in files if not file.name.startswith(".")}


def test_the_wheel_holds_the_package_and_the_theme(archives: dict[str, Path]) -> None:
    """The wheel holds each module of the package and each file of the theme, and nothing of the project's own site or tests."""
    names = {name for name in zipfile.ZipFile(archives["wheel"]).namelist() if ".dist-info/" not in name}
    modules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "newsgen").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    assert {name.removeprefix("newsgen/theme/") for name in names if name.startswith("newsgen/theme/")} == theme_files()
    assert {name.split("/")[0] for name in names} == {"newsgen"}
    assert "newsgen/py.typed" in names


def test_the_sdist_is_enough_to_build_from(archives: dict[str, Path]) -> None:
    """The sdist holds what the wheel is made of, with the readme, the license and the changes, and no articles."""
    with tarfile.open(archives["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert theme_files() | {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not {"content", "tests", "site"} & {name.split("/")[0] for name in names}


@pytest.mark.parametrize("source", ["wheel", "checkout"])
def test_installed_in_an_empty_environment_it_builds_a_site(archives: dict[str, Path], source: str, tmp_path: Path) -> None:
    """From the wheel and by `pip install .`: in another folder with articles and newsgen.yaml alone, `newsgen build`
    gives the same site as the checkout does; and `init`, `new`, `build` make one from nothing."""
    python = empty_environment(tmp_path / "venv")
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", archives["wheel"] if source == "wheel" else ".", cwd=ROOT)
    site = SmallSite(tmp_path / "mine")
    site.article("one", publishedDateTime="2026-01-29T08:00:00Z")
    site.article("two", body="A *body*.")
    newsgen = python.with_name("newsgen")
    assert run(newsgen, "--version", cwd=tmp_path).stdout == f"newsgen {__version__}\n"
    run(newsgen, "build", "--as-of", "2026-01-31T12:00", cwd=site.root)
    where = run(python, "-c", "import newsgen; print(newsgen.__file__)", cwd=tmp_path).stdout
    assert where.startswith(str(tmp_path))
    site.build(output=tmp_path / "by-checkout", cache=tmp_path / "cache")
    assert site.tree() == read_tree(tmp_path / "by-checkout")
    start = time.perf_counter()
    run(newsgen, "init", "wire", cwd=tmp_path)
    run(newsgen, "--root", "wire", "new", "Tide gates hold", "--topic", "Ports", cwd=tmp_path)
    run(newsgen, "--root", "wire", "build", "--strict", cwd=tmp_path)
    assert time.perf_counter() - start < 60  # a stranger has a site within a minute
    assert "Tide gates hold" in (tmp_path / "wire/site/topics/ports/index.html").read_text("utf-8")


def test_groups_of_tests_are_kept(request: pytest.FixtureRequest) -> None:
    """Where tests run on several processors, groups that share what takes long to make stay together: pytest-xdist tells them by the end
    of a test's name, and where it does not fit pytest they come apart without a word."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@packaging")


def test_the_version_is_the_same_everywhere() -> None:
    """pyproject.toml, the package and the changes name one version."""
    assert PYPROJECT["project"]["version"] == __version__
    assert re.search(rf"^## .*\b{re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
