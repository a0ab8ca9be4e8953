"""Articles in a bucket: an S3 server from which newsgen copies them before it builds."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from newsgen.config.bucket import Bucket, refuse_bucket
from newsgen.config.settings import load_config
from newsgen.core.problems import UserError, locate_all
from newsgen.core.progress import quiet
from newsgen.network import mirror as module
from newsgen.network.mirror import mirror
from support import AS_OF, SmallSite, read_tree

from .buckets import Store


def in_wire(store: Store) -> Bucket:
    return Bucket("s3://news/wire", store.endpoint)


def copied(folder: Path) -> dict[str, bytes]:
    """Return the copies in a folder, without the index and the lock."""
    return {path: data for path, data in read_tree(folder).items() if path[0] != "."}


def test_a_site_of_a_bucket_is_that_of_a_folder(tmp_path: Path, store: Store) -> None:
    """The bytes are the same, including images beside articles. An edit costs two requests. A
    problem has its line, and commands that would write there say that newsgen only reads.
    """
    site = SmallSite(tmp_path / "wire")
    site.every_kind()
    site.article("harbour/index", body="![](quay.svg)\n")
    site.write("content/harbour/quay.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    site.build(output=tmp_path / "expected")
    for path, data in read_tree(site.root / "content").items():
        store.put(f"wire/{path}", data)
    shutil.rmtree(site.root / "content")
    site.settings(content={"url": "s3://news/wire", "endpoint": store.endpoint})
    done = site.run("build", "--as-of", AS_OF.isoformat(), "-q")
    assert done.returncode == 0, done.stderr
    assert site.tree() == read_tree(tmp_path / "expected")
    store.put("wire/one.md", b"---\ntitle: One\npublishedDateTime: yesterday\n---\n")
    store.requests.clear()
    config = load_config(site.root)
    mirror(in_wire(store), config.paths.content, quiet)
    assert store.requests == [("GET", ""), ("GET", "/wire/one.md")]
    (problem,) = locate_all(site.build().problems, site.root)
    assert (problem.file, problem.line) == (".content/one.md", 3)
    with pytest.raises(UserError, match="s3://news/wire, where newsgen only reads"):
        refuse_bucket(config.settings.bucket)


def test_names_that_no_file_can_have_are_reported(tmp_path: Path, store: Store) -> None:
    """Each such name affects only its object, and files that newsgen does not read are not
    copied.
    """
    names = ["a/b.md", "a%20b.md", "ö.md", "x.md/y.md", "photo.JPG"]
    refused = ["di\u202er.md", "n" * 250 + ".md", "x.md"]
    for name in (*names, *refused, ".hidden/x.md", "program.exe"):
        store.put(f"wire/{name}", name.encode())
    problems = mirror(in_wire(store), tmp_path / "content", quiet)
    assert copied(tmp_path / "content") == {name: name.encode() for name in names}
    assert [one.code for one in problems] == ["file-name"] * 3


def test_a_bucket_may_change_while_it_is_copied(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object is copied as it is at that moment, and a deleted one is left out with a warning. A
    killed run is resumed, and a copy changed by another program is copied again.
    """
    monkeypatch.setattr(module, "_BATCH", 1)
    copy, where = tmp_path / "content", in_wire(store)
    for name in "abc":
        store.put(f"wire/{name}.md", b"old")

    def killed(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(where, copy, killed)

    def meanwhile(stage: str, done: int, total: int) -> None:
        if done == 1:
            store.delete("wire/c.md")

    store.requests.clear()
    (problem,) = mirror(where, copy, meanwhile)
    assert problem.file == "s3://news/wire/c.md"
    assert ("GET", "/wire/a.md") not in store.requests
    assert copied(copy) == {"a.md": b"old", "b.md": b"old"}
    (copy / "a.md").write_bytes(b"own")
    store.put("wire/b.md", b"new")
    store.put("wire/d.md", b"new")

    def later(stage: str, done: int, total: int) -> None:
        if done == 1:
            store.put("wire/b.md", b"newer")

    assert mirror(where, copy, later) == []
    assert copied(copy) == {"a.md": b"old", "b.md": b"newer", "d.md": b"new"}
    store.requests.clear()
    assert mirror(where, copy, quiet) == []
    assert store.requests == [("GET", "")]


def test_a_bucket_that_cannot_be_read_stops_the_build(tmp_path: Path, store: Store) -> None:
    """An empty folder, a missing bucket and a silent store have different messages, and the next
    run works. Files that are not copies stay.
    """
    store.put("wire/a.md", b"a")
    with socket.socket() as taken:  # bound, but without a listener
        taken.bind(("127.0.0.1", 0))
        silent = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for where, code, words in (
            (Bucket("s3://news/other", store.endpoint), "no-content", "s3://news/other is empty"),
            (Bucket("s3://nowhere/wire", store.endpoint), "content-failed", "404 Not Found"),
            (Bucket("s3://news/wire", silent), "content-failed", "error sending"),
        ):
            with pytest.raises(UserError) as caught:
                mirror(where, tmp_path / "content", quiet)
            assert (caught.value.problem.code, caught.value.exit_code) == (code, 3)
            assert words in caught.value.problem.message
    assert mirror(in_wire(store), tmp_path / "content", quiet) == []
    assert copied(tmp_path / "content") == {"a.md": b"a"}
    (tmp_path / "own").mkdir()
    (tmp_path / "own/mine.md").write_text("mine")
    with pytest.raises(UserError, match="other things than copies of s3://news/wire"):
        mirror(in_wire(store), tmp_path / "own", quiet)
