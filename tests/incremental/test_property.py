"""The central property: after any edits, the incremental build equals the clean one."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from support import rounds

from .edits import EDITS, Edited, apply

# Each run has many kinds of edits, each at most once, so a few dozen runs try all of them.
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 2**16)),
    min_size=6,
    max_size=12,
    unique_by=lambda step: step[0],
)


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@settings(max_examples=rounds(4))
@given(first=st.integers(3, 9), seed=st.integers(0, 2**16), steps=STEPS)
def test_incremental_equals_clean(first: int, seed: int, steps: list[tuple[str, int]]) -> None:
    """After each edit of any sequence, the output has the bytes of a build from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        edited = Edited(Path(folder, "root"))
        rng = random.Random(seed)
        for _ in range(first):
            apply(edited, "add", rng.randrange(2**16))
            apply(edited, "echo", rng.randrange(2**16))
        edited.incremental()
        for name, number in steps:
            apply(edited, name, number)
            found = edited.incremental()
            wrong = differences(found, edited.clean(Path(folder, "clean")))
            assert not wrong, (name, wrong)


def test_incremental_equals_clean_with_the_theme(tmp_path: Path) -> None:
    """The same with the default theme and two processes, for twelve edits in a row."""
    edited = Edited(tmp_path / "root", templates=False)
    rng = random.Random(1)
    for _ in range(12):
        apply(edited, "add", rng.randrange(2**16))
    edited.incremental()
    for name in rng.sample(sorted(set(EDITS) - {"template"}), 12):
        apply(edited, name, rng.randrange(2**16))
        found = edited.incremental(jobs=2)
        assert not differences(found, edited.clean(tmp_path / "clean")), name


def test_order_of_files_changes_nothing(tmp_path: Path) -> None:
    """The same articles written in another order, with any number of processes, give the same
    bytes.
    """
    trees = []
    for number, jobs in enumerate([1, 2, 3]):
        edited = Edited(tmp_path / f"root{number}")
        seeds = list(range(20))
        source = Edited(tmp_path / "source")
        for seed in seeds:
            apply(source, "add", seed)
            apply(source, "echo", seed)
        files = source.articles()
        random.Random(number).shuffle(files)
        for file in files:
            edited.site.write(str(file.relative_to(source.site.root)), file.read_bytes())
        trees.append(edited.incremental(jobs=jobs))
        for file in files:
            file.unlink()
    assert trees[0] == trees[1] == trees[2]
