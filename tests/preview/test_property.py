"""The property of the incremental build, through the preview: after any edits, served pages have
the bytes of a clean build. A preview keeps the output of macros between its builds, so the property
covers these fragments too.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from incremental.edits import EDITS, Edited, apply
from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.preview.server import unmark
from preview.serving import Running, running
from support import read_tree, rounds

STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 2**16)),
    min_size=4,
    max_size=8,
    unique_by=lambda step: step[0],
)
INPUTS = ("content", "_data", "templates", "static", "media")


def stats(root: Path) -> dict[str, tuple[int, ...]]:
    """Return the stats of all inputs, to find out which changed."""
    files = [
        root / "newsgen.yaml",
        *(file for folder in INPUTS for file in (root / folder).rglob("*") if file.is_file()),
    ]
    return {
        os.path.realpath(file): (file.stat().st_size, file.stat().st_mtime_ns, file.stat().st_ino)
        for file in files
    }


def clean(edited: Edited, folder: Path) -> dict[str, bytes]:
    """Return the output of a build from nothing, with drafts and scheduled articles, by route."""
    config = load_config(edited.site.root, output=folder / "site", cache=folder / "cache")
    build(config, BuildOptions(Clock(edited.as_of, drafts=True, future=True)))
    return {
        "/" + path.removesuffix("index.html"): data
        for path, data in read_tree(folder / "site").items()
    }


def served(one: Running, route: str) -> bytes:
    """Return the bytes of a route, without the preview's additions."""
    page = one.preview.page(route)
    assert page, route
    return Path(page.source).read_bytes() if page.source else unmark(page.body)


@settings(max_examples=rounds(4))
@given(first=st.integers(3, 9), seed=st.integers(0, 2**16), steps=STEPS)
def test_served_equals_built(first: int, seed: int, steps: list[tuple[str, int]]) -> None:
    """After each edit of any sequence, reported to the preview, each page is that of a build from
    nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        edited = Edited(Path(folder, "root"))
        rng = random.Random(seed)
        for _ in range(first):
            apply(edited, "add", rng.randrange(2**16))
        with running(edited.site, lambda: edited.as_of, watching=False) as one:
            for step, (name, number) in enumerate(steps):
                before = stats(edited.site.root)
                apply(edited, name, number)
                after = stats(edited.site.root)
                one.preview.update(
                    {
                        path
                        for path in before.keys() | after.keys()
                        if before.get(path) != after.get(path)
                    }
                )
                built = clean(edited, Path(folder, f"clean{step}"))
                assert one.preview.state.prepared.views.pages.keys() == built.keys(), name
                for route, data in built.items():
                    assert served(one, route) == data, (name, route)


def test_served_equals_built_over_http(tmp_path: Path) -> None:
    """The same holds with the default theme, a watcher that notices the edits itself, and a client
    that requests pages at once.
    """
    edited = Edited(tmp_path / "root", templates=False)
    rng = random.Random(2)
    for _ in range(8):
        apply(edited, "add", rng.randrange(2**16))
    with running(edited.site, lambda: edited.as_of) as one:
        for step, name in enumerate(
            rng.sample(sorted(set(EDITS) - {"template", "lose cache", "lose output", "clock"}), 8)
        ):
            apply(edited, name, rng.randrange(2**16))
            built = clean(edited, tmp_path / f"clean{step}")
            for route, data in built.items():
                one.until(one.quoted(route), lambda answer, data=data: unmark(answer.body) == data)  # type: ignore[misc]
