"""After any sequence of publications, each kept edition has exactly its own files, and none is a
file of the built site.
"""

from __future__ import annotations

import filecmp
import shutil
import tempfile
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.core import digest
from newsgen.publish.editions import Edition, Store, all_files
from newsgen.publish.hardlinks import EditionFile, Real
from newsgen.publish.leaks import searcher
from support import read_tree, rounds

NAMES = st.sampled_from(["a", "b", "c.html", "x.0123456789.css", "y.0123456789ab-640.avif"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def possible(tree: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files without those in the place of another's folder."""
    folders = {path.rsplit("/", n)[0] for path in tree for n in range(1, path.count("/") + 1)}
    return {path: data for path, data in tree.items() if path not in folders}


TREES = st.dictionaries(PATHS, st.sampled_from([b"", b"one", b"two"]), min_size=1, max_size=8).map(
    possible
)


@settings(max_examples=rounds(60))
@given(st.lists(TREES, min_size=1, max_size=7), st.integers(2, 4))
def test_editions_have_their_own_files(trees: list[dict[str, bytes]], keep: int) -> None:
    """After each publication, the live edition has the site's files (and hashed ones of the
    others), and the kept ones are as they were.
    """
    with tempfile.TemporaryDirectory() as folder:
        store, site = Store(Path(folder, "editions")), Path(folder, "site")
        wanted: dict[str, dict[str, bytes]] = {}
        for n, tree in enumerate(trees):
            shutil.rmtree(site, ignore_errors=True)
            for path, data in tree.items():
                (site / path).parent.mkdir(parents=True, exist_ok=True)
                (site / path).write_bytes(data)
            files = {
                path: EditionFile(digest.of_bytes(data).hex(), 0) for path, data in tree.items()
            }
            made = store.make(
                Edition(f"{n:032x}", n, datetime.now(UTC), files=files, stories=()), site, keep
            )
            store.flip(made.name)
            found = read_tree(store.release(made.name))
            assert {path: data for path, data in found.items() if path in tree} == tree
            assert all(".0123456789" in path for path in found.keys() - tree.keys())
            assert {
                path: (digest.of_bytes(data).hex(), len(data)) for path, data in found.items()
            } == all_files(made)
            wanted[made.name] = found
            assert sorted(store.names()) == sorted(wanted)[-keep:]
            assert all(read_tree(store.release(name)) == wanted[name] for name in store.names())
            back = store.read(store.names()[n % len(store.names())])
            repaired = store.repair(back, made)
            after = read_tree(store.release(back.name))
            assert {path: after[path] for path in wanted[back.name]} == wanted[back.name]
            assert after.keys() == all_files(repaired).keys()
            store.keep(repaired)
            wanted[back.name] = after
            inodes = {path.stat().st_ino for path in store.folder.rglob("*") if path.is_file()}
            assert inodes.isdisjoint(
                path.stat().st_ino for path in site.rglob("*") if path.is_file()
            )


def test_a_large_file_needs_no_memory(tmp_path: Path) -> None:
    """A file of 64 MB is copied into an edition in pieces, and a text across two pieces is
    found.
    """
    for name in ("site", "edition"):
        (tmp_path / name).mkdir()
    with open(tmp_path / "site/a.txt", "wb") as file:
        file.seek(7_999_995)
        file.write(b"a secret text")
        file.truncate(64_000_000)
    with open(tmp_path / "site/a.txt", "rb") as file:
        wanted = digest.of_file(file).hex()
    tracemalloc.start()
    try:
        size = Real(str(tmp_path / "edition")).copy("a.txt", Real(str(tmp_path / "site")), wanted)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 64_000_000
    assert peak < 8_000_000
    assert filecmp.cmp(tmp_path / "site/a.txt", tmp_path / "edition/a.txt", shallow=False)
    assert searcher((str(tmp_path / "site"), (b"nothing", b"a secret text")))(["a.txt"]) == [
        ("a.txt", 1)
    ]
