"""Helpers for tests of imports: small exports, and the site that they are imported into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from support import ROOT, newsgen

SHARED = ROOT.parent / "shared" / "import"
OLD = "https://old.example"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old &amp; Wire</title>'
    f"<link>{OLD}</link><wp:wxr_version>1.2</wp:wxr_version>"
    f"<wp:base_blog_url>{OLD}</wp:base_blog_url>"
    "<wp:author><wp:author_login>ann</wp:author_login>"
    "<wp:author_display_name><![CDATA[Ann Low]]></wp:author_display_name></wp:author>"
    "<wp:category><wp:category_nicename>sea</wp:category_nicename><wp:category_parent/>"
    "<wp:cat_name><![CDATA[The Sea]]></wp:cat_name></wp:category>"
)


def wxr_item(name: str, body: str = "", more: str = "", **fields: str) -> str:
    """Return an item of an export of WordPress."""
    values = {
        "title": f"Story {name}",
        "link": f"{OLD}/2026/01/{name}/",
        "dc:creator": "ann",
        "wp:post_id": str(sum(map(ord, name))),
        "wp:post_date_gmt": "2026-01-30 08:15:00",
        "wp:post_name": name,
        "wp:status": "publish",
        "wp:post_type": "post",
        **{key.replace("__", ":"): value for key, value in fields.items()},
    }
    inner = "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in values.items())
    content = f"<content:encoded><![CDATA[{body}]]></content:encoded>"
    return f"<item>{inner}{content}{more}</item>"


def attachment(number: int, name: str, parent: str = "0", alt: str = "", caption: str = "") -> str:
    """Return a media file of an export of WordPress."""
    meta = (
        "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
        f"<wp:meta_value>{alt}</wp:meta_value></wp:postmeta>"
    )
    return wxr_item(
        f"file-{number}",
        more=meta + f"<excerpt:encoded><![CDATA[{caption}]]></excerpt:encoded>",
        wp__post_type="attachment",
        wp__post_id=str(number),
        wp__post_parent=parent,
        wp__attachment_url=f"{OLD}/wp-content/uploads/2026/01/{name}",
        wp__status="inherit",
    )


def wxr(*items: str) -> str:
    """Return an export of WordPress."""
    return f"{_HEAD}{''.join(items)}</channel></rss>"


class ImportSite:
    """A folder to import into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def run(self, kind: str, text: str, *words: str | Path, code: int = 0) -> dict[str, Any]:
        """Import an export and return the result."""
        export = self.root.parent / f"export-{kind}"
        export.write_text(text)
        done = newsgen("import", kind, export, "--no-fetch", "--json", *words, cwd=self.root)
        assert done.returncode == code, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def text(self, name: str) -> str:
        """Return the one content file whose path contains this."""
        (file,) = (path for path in (self.root / "content").rglob("*.md") if name in path.name)
        return file.read_text("utf-8")

    def front(self, name: str) -> dict[str, Any]:
        """Return its front matter."""
        found: dict[str, Any] = yaml.safe_load(self.text(name).split("---\n")[1])
        return found

    def body(self, name: str) -> str:
        """Return its body."""
        return self.text(name).split("---\n", 2)[2].strip()

    def problems(self) -> list[str]:
        """Return the codes of what `newsgen check` finds."""
        done = newsgen("check", "--json", cwd=self.root)
        return [one["code"] for one in json.loads(done.stdout)["problems"]]

    def built(self) -> Path:
        """Build the site and return its output."""
        done = newsgen("build", cwd=self.root)
        assert done.returncode == 0, done.stderr
        return self.root / "site"
