"""The parts of newsgen itself that decide the bytes of a site: its code and the packages it uses.

The version number is not enough: it does not change in a development checkout or when a package is
upgraded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path

from newsgen import __version__
from newsgen.core import digest

PACKAGE = Path(__file__).parent.parent
_PACKAGES = (
    "ada_url",
    "babel",
    "comrak",
    "fonttools",
    "jinja2",
    "markdown",
    "markupsafe",
    "msgspec",
    "nh3",
    "pillow",
    "publicsuffixlist",
    "pygments",
    "pymdown_extensions",
    "pyvips_binary",
    "pyyaml",
    "yaml_rs",
    "tzdata",
)


def theme_folder(part: str) -> Path:
    """Return the default theme's `templates` or `static` folder, of the package or else the
    checkout.
    """
    installed = PACKAGE / "theme" / part
    return installed if installed.is_dir() else PACKAGE.parent / part


def theme_folders(part: str, name: str) -> tuple[Path, ...]:
    """Return this folder of the default theme, then that of the theme `name`, whose files replace
    the default theme's.
    """
    if name == "default":
        return (theme_folder(part),)
    installed = PACKAGE / "themes" / name
    own = installed if installed.is_dir() else PACKAGE.parent / "themes" / name
    return theme_folder(part), own / part


@cache
def program() -> bytes:
    """Return the digest of newsgen's code and of the names and versions of the packages it uses."""
    sources = [path.read_bytes() for path in sorted(PACKAGE.rglob("*.py"))]
    return digest.fold(
        [digest.of_text(__version__, sys.version, *installed()), *map(digest.of_bytes, sources)]
    )


def installed(packages: Collection[str] = _PACKAGES) -> list[str]:
    """Return `NAME-VERSION.dist-info` for each installed package in the folders of `sys.path`."""
    found = []
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        found += [
            name
            for name in names
            if name.endswith(".dist-info")
            and name.split("-")[0].lower().replace(".", "_") in packages
        ]
    return sorted(found)
