"""Problems as people read them."""

from __future__ import annotations

import pytest

from support import SmallSite

SECRET = "c2VjcmV0IHZhbHVl"


@pytest.mark.parametrize(
    "front",
    [
        f"title: One\nsecured: abc: {SECRET}\npublishedDateTime: 2026-01-30T08:00:00Z\n",
        f'title: One\nsecured: "a"\nsecured: "{SECRET}"\npublishedDateTime: 2026-01-30T08:00:00Z\n',
        f'title: One\nsecured: "{SECRET}\npublishedDateTime: 2026-01-30T08:00:00Z\n',
        f"title: One\nsecured: |\n  {SECRET}\n   b: {SECRET}\n {SECRET}: x: y\npublishedDateTime: 2026-01-30T08:00:00Z\n",
        f"title: One\nsecured: [{SECRET}, {SECRET}: {SECRET}: 1\npublishedDateTime: 2026-01-30T08:00:00Z\n",
    ],
)
def test_secured_is_never_shown(site: SmallSite, front: str) -> None:
    """Where the line of `secured` itself is at fault, it is named, and not shown."""
    site.write("content/secret.md", f"---\n{front}---\n")
    for arguments in (["build", "-v"], ["build", "-v", "--json"]):
        done = site.run(*arguments)
        assert SECRET not in done.stdout + done.stderr
        assert "secret.md" in done.stdout + done.stderr
    assert not any(SECRET.encode() in file.read_bytes() for file in (site.root / ".newsgen").iterdir())
