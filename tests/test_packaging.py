"""newsgen as users install it: a wheel with the theme, `pip install .`, and a complete sdist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newsgen import __version__
from support import ROOT, SmallSite, read_tree

pytestmark = pytest.mark.xdist_group("packaging")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed, isolated from the environment that runs the tests."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [*map(str, arguments)],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def empty_environment(folder: Path) -> Path:
    """Return the Python of a new virtual environment with nothing in it, not even pip."""
    venv.create(folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the sdist, and the wheel built from the sdist alone."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        sdist,
        cwd=folder,
    )
    (wheel,) = folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def theme_files() -> set[str]:
    files = [
        file
        for name in ("templates", "static", "themes")
        for file in (ROOT / name).rglob("*")
        if file.is_file()
    ]
    return {file.relative_to(ROOT).as_posix() for file in files if not file.name.startswith(".")}


def test_the_wheel_holds_the_package_and_the_theme(archives: dict[str, Path]) -> None:
    """The wheel holds all modules and theme files, but nothing of the project's own site or
    tests."""
    names = {
        name for name in zipfile.ZipFile(archives["wheel"]).namelist() if ".dist-info/" not in name
    }
    modules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "newsgen").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    packed = [name.removeprefix("newsgen/") for name in names]
    assert {
        name.removeprefix("theme/") for name in packed if name.startswith(("theme/", "themes/"))
    } == theme_files()
    assert {name.split("/")[0] for name in names} == {"newsgen"}
    assert "newsgen/py.typed" in names


def test_the_sdist_is_enough_to_build_from(archives: dict[str, Path]) -> None:
    """The sdist holds everything for the wheel, the readme, license and changelog, but no
    articles."""
    with tarfile.open(archives["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert theme_files() | {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not {"content", "tests", "site"} & {name.split("/")[0] for name in names}


def test_the_checkout_gives_the_same_wheel(archives: dict[str, Path], tmp_path: Path) -> None:
    """The wheel that `pip install .` builds has the same files as the wheel made from the sdist."""
    build = ["--no-deps", "--no-build-isolation"]
    run(sys.executable, "-m", "pip", "wheel", "-q", *build, "-w", tmp_path, ".", cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    one, other = (
        {name: archive.read(name) for name in archive.namelist()}
        for archive in map(zipfile.ZipFile, (wheel, archives["wheel"]))
    )
    assert one == other


def test_installed_in_an_empty_environment_it_builds_a_site(
    archives: dict[str, Path], tmp_path: Path
) -> None:
    """Installed from the wheel, newsgen builds the same site as the checkout.

    The folder has only articles and newsgen.yaml. `init`, `new` and `build` make a site from
    nothing.
    """
    python = empty_environment(tmp_path / "venv")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-compile",
        archives["wheel"],
        cwd=ROOT,
    )
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
    before = os.times()
    run(newsgen, "init", "wire", cwd=tmp_path)
    run(newsgen, "--root", "wire", "new", "Tide gates hold", "--topic", "Ports", cwd=tmp_path)
    run(newsgen, "--root", "wire", "build", "--strict", cwd=tmp_path)
    after = os.times()
    spent = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    assert spent < 60  # CPU seconds: a newcomer has a site within a minute
    assert "Tide gates hold" in (tmp_path / "wire/site/topics/ports/index.html").read_text("utf-8")


LOCKS = ("requirements.txt", "requirements-dev.txt")
DECIDES_BYTES = {
    "ada-url",
    "babel",
    "jinja2",
    "markdown",
    "nh3",
    "pillow",
    "pymdown-extensions",
    "comrak",
    "pygments",
    "pyvips-binary",
    "yaml-rs",
}


def locked(name: str) -> dict[str, list[tuple[Requirement, list[str]]]]:
    """Return the requirements in a lock file with their hashes, by package.

    There are several if the version depends on Python's.
    """
    found: dict[str, list[tuple[Requirement, list[str]]]] = {}
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.M)
    for line in text.replace("\\\n", "").splitlines():
        requirement, *hashes = line.split(" --hash=")
        one = Requirement(requirement)
        found.setdefault(canonicalize_name(one.name), []).append(
            (one, [word.strip() for word in hashes])
        )
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_hashes_and_no_place(name: str) -> None:
    """Each package is locked to one version with hashes, and to no index, URL or folder.

    The file says how to renew it.
    """
    text = (ROOT / name).read_text("utf-8")
    assert "\n#    make update\n" in text
    assert not re.search(r"://|^\s*-[^-]|^\s*--(?!hash)|^# .*/\w+/", text, re.M)
    for package in locked(name).values():
        for requirement, hashes in package:
            assert re.fullmatch(r"==[^,*]+", str(requirement.specifier))
            assert hashes
            assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes)


def test_the_lock_files_fit_pyproject() -> None:
    """Both lock files have an allowed version of each package in pyproject.toml; run `make update`
    if not.

    Packages in both files have the same version and hashes.
    """
    project, build = PYPROJECT["project"], PYPROJECT["dependency-groups"]["build"]
    wanted = {"requirements.txt": [*project["dependencies"], *build]}
    wanted["requirements-dev.txt"] = [
        *wanted["requirements.txt"],
        *project["optional-dependencies"]["dev"],
    ]
    locks = {name: locked(name) for name in LOCKS}
    for name, lock in locks.items():
        for requirement in map(Requirement, wanted[name]):
            for found, _ in lock[canonicalize_name(requirement.name)]:
                (version,) = found.specifier
                assert requirement.specifier.contains(version.version), (
                    f"{name}: {found} is not {requirement}"
                )
    # The same package may be needed on fewer versions of Python, so the markers may differ.
    run, develop = (
        {name: {(one.specifier, *hashes) for one, hashes in found} for name, found in lock.items()}
        for lock in locks.values()
    )
    assert run.items() <= develop.items()
    assert set(PYPROJECT["build-system"]["requires"]) <= set(build)


def test_what_decides_bytes_of_the_output_has_an_upper_bound() -> None:
    """Packages that decide bytes of the output have an upper bound, so new versions are reviewed
    first."""
    bounded = {
        one.name
        for one in map(Requirement, PYPROJECT["project"]["dependencies"])
        if "<" in {s.operator for s in one.specifier}
    }
    assert bounded >= DECIDES_BYTES


def test_what_is_slow_exists() -> None:
    """Each line of tests/slow.txt names a folder or file of tests."""
    lines = [
        line.split()[0]
        for line in (ROOT / "tests/slow.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert lines
    assert [line for line in lines if not (ROOT / "tests" / line).exists()] == []


def test_a_step_is_silent_unless_it_fails() -> None:
    """scripts/step prints one line, and the command's output and exit code only if it fails."""
    noisy = ("bash", "-c", "echo out; echo warning >&2; exit $0")
    quiet = subprocess.run(
        [ROOT / "scripts/step", "Step", *noisy, "0"], capture_output=True, text=True, check=False
    )
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "Step\n", "")
    failed = subprocess.run(
        [ROOT / "scripts/step", "Step", *noisy, "3"], capture_output=True, text=True, check=False
    )
    assert (failed.returncode, failed.stdout, failed.stderr) == (3, "Step\n", "out\nwarning\n")


def test_groups_of_tests_are_kept(request: pytest.FixtureRequest) -> None:
    """Groups of tests that share expensive setup stay together on several processors.

    pytest-xdist recognises groups by the end of a test's name. If its version does not fit
    pytest's, it silently splits them.
    """
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@packaging")


def test_the_version_is_the_same_everywhere() -> None:
    """pyproject.toml, the package and the changelog have the same version."""
    assert PYPROJECT["project"]["version"] == __version__
    assert re.search(
        rf"^## .*\b{re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
