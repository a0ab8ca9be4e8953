"""Find the address of each media file of an export in the imported articles.

With a copy of the old site's uploads, files are copied into the static folder, at the path they had
on the old site. Without one, images keep their remote address, and `images fetch` downloads them.

Posts and uploads are untrusted. Only media and documents are copied, and only from the folder of
uploads into the static folder, whatever the address.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from newsgen.content.active_svg import why_active
from newsgen.content.scan import BESIDE
from newsgen.content.urls import own_path, safe_image_url, safe_url
from newsgen.core.atomic import replace_file
from newsgen.importers.model import Export

_RESIZED = re.compile(r"-(?:\d+x\d+|scaled|e\d{10,})(?=\.[A-Za-z]{3,4}$)")
_PLAYED = re.compile(r"\.(?:mp3|m4a|og[agv]|opus|wav|flac|aac|mp4|m4v|mov|webm)$", re.I)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.I)
_UPLOADS = ("wp-content/uploads/", "content/images/", "content/media/", "content/files/")
GHOST = "__GHOST_URL__"
# More suffixes of files in blogs, in addition to those of articles. Browsers run no code in these
# either.
_COPIED = (
    *BESIDE,
    *(".doc", ".xls", ".ppt", ".odt", ".ods", ".odp", ".rtf", ".mobi", ".gz", ".tar", ".7z"),
    *(".mov", ".m4v", ".ogv", ".oga", ".wav", ".flac", ".tif", ".tiff", ".bmp", ".heic", ".srt"),
)
_LONGEST_NAME, _LONGEST_PATH = 240, 1_000  # bytes, below what file systems allow
_BAD_PATH = re.compile(r"[\x00-\x1f\x7f\\]")


class MediaFiles:
    """Finds the file for an address, and remembers which were copied and which are missing."""

    def __init__(
        self,
        export: Export,
        folder: Path | None,
        static: Path,
        dry_run: bool,
    ) -> None:
        self._site = export.site.url.rstrip("/")
        self._folder, self._static, self._dry_run = folder, static, dry_run
        self._paths = {path_of_file(url): url for url in export.media.values()}
        self._pages = {path_of_file(page).rstrip("/"): url for page, url in export.media.items()}
        self.copied = 0
        self.missing: set[str] = set()
        self.remote: set[str] = set()  # images that pages will show, at their remote addresses

    def link(self, address: str) -> str:
        """Return the new target of a body's link: within the site, if it was within the old one."""
        address = address.strip().removeprefix(GHOST)
        path = own_path(address, self._site) if self._site and "//" in address[:8] else ""
        if path or address.startswith("/"):
            here = path or address
            page = path_of_file(here).rstrip("/")
            if page and page in self._pages:
                return self.image(self._pages[page])
            found = self._copy(here.partition("?")[0].partition("#")[0])
            if found:
                return found
            if self._is_upload(here):
                return urljoin(f"{self._site}/", here) if self._site else here
            return here
        return address

    def shown(self, address: str) -> str:
        """Return the address of an image, audio or video file that a page shows (see `image`), and
        remember an image that has to be downloaded.
        """
        found = self.image(address)
        if not _PLAYED.search(path_of_file(found)):
            url = safe_image_url(found, lambda code: None)
            if url.startswith(("http://", "https://")):
                self.remote.add(url)
        return found

    def image(self, address: str) -> str:
        """Return the address of an image, audio or video file: the original, if it is known."""
        address = address.strip()
        if address.startswith(GHOST):
            address = address.removeprefix(GHOST)
        if address.startswith("//"):
            address = f"https:{address}"
        if address.startswith("/"):
            address = urljoin(f"{self._site}/", address) if self._site else address
        plain = address.partition("?")[0] if self._is_upload(address) else address
        original = self._original(plain)
        found = self._copy(path_of_file(original)) or self._copy(path_of_file(plain))
        if found:
            return found
        if original.startswith(("http://", "https://")):
            url = safe_url(original, lambda code: None)
            return (
                safe_image_url(url, lambda code: None)
                if _IMAGE.search(path_of_file(url))
                else url or address
            )
        return original

    def _original(self, address: str) -> str:
        """Return the address of the original of a resized copy, such as `tide-300x200.jpg`."""
        path = path_of_file(address)
        if path in self._paths:
            return address
        larger = _RESIZED.sub("", path)
        return self._paths.get(larger, address) if larger != path else address

    def _is_upload(self, address: str) -> bool:
        return any(part in address for part in _UPLOADS) or path_of_file(address) in self._paths

    def _copy(self, path: str) -> str:
        """Copy a file of the folder into the static folder and return its path on the site."""
        path = unquote(path).lstrip("/")
        if self._folder is None or not path:
            return ""
        root = Path(os.path.realpath(self._folder))
        inner = next((path.partition(part)[2] for part in _UPLOADS if part in path), path)
        for name in dict.fromkeys((inner, path)) if _may_be_copied(path) else ():
            source = Path(os.path.realpath(root / name))
            if root not in source.parents or not source.is_file():
                continue
            if self._put(source, self._static / path):
                return "/" + quote(path)
        if any(part in path for part in _UPLOADS):
            self.missing.add(f"/{path}")
        return ""

    def _put(self, source: Path, target: Path) -> bool:
        """Copy a file, unless there is one; return whether the site may have it at this path."""
        if target.exists():
            return target.is_file()
        data = source.read_bytes()
        if target.suffix.lower() == ".svg" and why_active(data):
            return False
        if self._dry_run:
            return True
        try:
            replace_file(target, data)
        except (FileExistsError, NotADirectoryError):  # a file has the name of one of its folders
            return False
        self.copied += 1
        return True


def _may_be_copied(path: str) -> bool:
    """Return whether a path stays in its folder and is one of a media file or document."""
    parts = path.split("/")
    return (
        path.lower().endswith(_COPIED)
        and not _BAD_PATH.search(path)
        and not any(not part or part.startswith(".") for part in parts)
        and len(path.encode()) <= _LONGEST_PATH
        and all(len(part.encode()) <= _LONGEST_NAME for part in parts)
    )


def path_of_file(address: str) -> str:
    """Return the decoded path of a file's address."""
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return address
