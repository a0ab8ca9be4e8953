"""The preview with a cache that is damaged or deleted while it runs."""

from __future__ import annotations

import shutil

import pytest

from preview.serving import running
from support import SmallSite


@pytest.mark.parametrize("where", ["page", "edit", "plan"])
def test_a_damaged_cache_is_made_anew(site: SmallSite, where: str) -> None:
    """Requested pages are served, although every record in the cache is damaged meanwhile."""
    with running(site, watching=False) as one:
        for table in ("articles SET article", "buckets SET items", "memos SET value"):
            one.preview._cache._write([(f"UPDATE {table} = x'00'", [()])])
        if where == "edit":
            file = site.article("one", title="Edited", body="*text*\n")
            one.preview.update({str(file.resolve())})
        elif where == "plan":
            one.preview.update({str(site.article("three").resolve())})
            assert "Story three" in one.get("/").page
        title = "Edited" if where == "edit" else "Story one"
        assert title in one.get("/news/one/").page


def test_a_cache_may_be_taken_away(site: SmallSite) -> None:
    """Deleting the cache while the preview runs does not change its pages."""
    with running(site) as one:
        shutil.rmtree(site.root / ".newsgen")
        site.article("three")
        one.until("/news/three/", lambda answer: "Story three" in answer.page)
        assert one.get("/news/one/").status == 200
