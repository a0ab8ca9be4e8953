"""What of newsgen itself decides the bytes of a site: its own code and the packages it stands on.

The version number alone would not tell of a development checkout or of an upgraded package.
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
    "jinja2",
    "markdown",
    "markupsafe",
    "msgspec",
    "nh3",
    "pillow",
    "publicsuffixlist",
    "pymdown_extensions",
    "pyvips_binary",
    "pyromark",
    "pyyaml",
    "yaml_rs",
    "tzdata",
)


def theme_folder(name: str) -> Path:
    """The theme's `templates` or `static`: in the installed package, else beside it in a checkout."""
    installed = PACKAGE / "theme" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


@cache
def program() -> bytes:
    """The digest of newsgen's code and of the names and versions of the packages it uses."""
    sources = [path.read_bytes() for path in sorted(PACKAGE.rglob("*.py"))]
    return digest.fold([digest.of_text(__version__, sys.version, *installed()), *map(digest.of_bytes, sources)])


def installed(packages: Collection[str] = _PACKAGES) -> list[str]:
    """`NAME-VERSION.dist-info` of each package, as the folders of installed packages tell it."""
    found = []
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        found += [name for name in names if name.endswith(".dist-info") and name.split("-")[0].lower().replace(".", "_") in packages]
    return sorted(found)
