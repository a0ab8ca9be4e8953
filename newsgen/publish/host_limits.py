"""The guard against editions that the site's host would refuse or would read only in part."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from newsgen.config.hosts import HOSTS, StaticHost, refusals
from newsgen.config.settings import Settings
from newsgen.core.problems import Problem


def host_limits(settings: Settings, folder: Path, files: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each limit of the setting `host` that the files in `folder` exceed."""
    if not settings.host:
        return
    host = HOSTS[settings.host]
    sizes = {path: os.stat(folder / path).st_size for path in files if (folder / path).is_file()}
    hint = "make the site smaller; `newsgen publish --force` publishes it all the same"
    for message in (*refusals(host, len(files), sizes), *_unread(host, folder, files)):
        yield Problem("error", "guard-host", message, hint=hint)


def _unread(host: StaticHost, folder: Path, files: Collection[str]) -> Iterator[str]:
    """Yield a problem for each part of `_headers` and `_redirects` that the host would not read.
    newsgen's own files keep to the limits, but the site may have its own.
    """
    for path, most in (("_headers", host.header_rules), ("_redirects", host.redirects)):
        if path not in files or not most:
            continue
        text = (folder / path).read_text("utf-8", "replace")
        rules = [line for line in text.splitlines() if line.strip() and line[0] not in " \t#"]
        if len(rules) > most:
            yield f"/{path} has {len(rules):,} rules; {host.title} reads {most:,}"
        elif path == "_redirects" and len(text) > host.redirect_bytes:
            limit = f"{host.title} reads {host.redirect_bytes:,}"
            yield f"/{path} has {len(text):,} characters; {limit}"
