"""The media types of the site's files."""

from __future__ import annotations

import mimetypes
import os

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    "": "text/plain",
}


def content_type(route: str) -> str:
    """Return the media type of a file by its name, independent of the system's configuration."""
    suffix = os.path.splitext(route)[1].lower() if not route.endswith("/") else ".html"
    kind = _TYPES.get(suffix) or mimetypes.guess_type(route)[0] or "application/octet-stream"
    return (
        f"{kind}; charset=utf-8"
        if kind.startswith("text/") or kind.endswith(("/xml", "json"))
        else kind
    )
