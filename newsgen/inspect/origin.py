"""How to install the running newsgen elsewhere, as a line of a requirements file."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from newsgen import __version__

UNKNOWN = "# Name here where newsgen is to be installed from, such as  newsgen @ git+https://git.example/newsgen@v1\n"


def requirement() -> str:
    """Return the requirement that installs this newsgen elsewhere (PEP 508, PEP 610).

    It names the URL and commit that newsgen was installed from, or its version in an index. If
    newsgen came from a folder or file on this machine, it is a comment that says what to enter.
    """
    try:
        found = distribution("newsgen").read_text("direct_url.json")
    except PackageNotFoundError:
        return UNKNOWN
    return requirement_of(json.loads(found)) if found else f"newsgen=={__version__}\n"


def requirement_of(direct_url: dict[str, Any]) -> str:
    """Return the requirement for the contents of an installer's `direct_url.json`."""
    url, vcs = direct_url.get("url", ""), direct_url.get("vcs_info")
    if url.startswith("file:") or "dir_info" in direct_url:
        return UNKNOWN
    where = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    below = f"#subdirectory={direct_url['subdirectory']}" if direct_url.get("subdirectory") else ""
    return f"newsgen @ {where}{below}\n"
