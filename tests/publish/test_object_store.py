"""Publishing to an object store: an S3 server that checks conditional puts."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from obstore.store import from_url

from newsgen.publish.targets.lease import Lease, LeaseLost
from newsgen.store.output import MANIFEST
from support import SmallSite, eventually, in_background, rounds

from . import azure
from .buckets import Store
from .google import google
from .publishing import built, codes, live, published, run


def to(target: dict[str, Any]) -> tuple[str, str]:
    return "--set", f"publish.targets={json.dumps([target])}"


def files(store: Store, prefix: str = "wire") -> dict[str, bytes]:
    """Return the files of the site in the store."""
    found = store.objects(prefix)
    return {path: stored.data for path, stored in found.items() if path != MANIFEST}


def test_it_gets_what_changed(site: SmallSite, store: Store) -> None:
    """The first publication sends all files, later ones only changed files; removed files are
    deleted, and objects of others stay. An edit costs its puts, one request for the removals, and
    three more. A rollback is sent too.
    """
    store.put("wire/foreign.txt", b"mine")
    site.write("static/a b/Ö $(x).txt", "odd")
    there = to(store.target("wire"))
    done = published(site, *there)
    assert done["sent"] == [{"target": "s3://news/wire", "files": len(site.tree()), "removed": 0}]
    assert files(store) == live(site) | {"foreign.txt": b"mine"}
    site.article("three")
    (site.root / "content/one.md").unlink()
    (site.root / "static/a b/Ö $(x).txt").unlink()
    built(site)
    dry = run(site, "publish", "--dry-run", *there)["sent"][0]
    store.requests.clear()
    (sent,) = published(site, "--force", *there)["sent"]
    requests = list(store.requests)
    assert files(store) == live(site) | {"foreign.txt": b"mine"}
    assert 0 < sent["files"] < len(site.tree())
    assert sent["removed"] > 0
    assert len(requests) == sent["files"] + 1 + 3
    assert [dry[name] for name in ("files", "removed")] == [sent["files"], sent["removed"]]
    puts = [one["path"] for one in dry["requests"] if one["method"] == "PUT"]
    assert {f"/wire/{path}" for path in puts} < {path for _, path in requests}
    store.requests.clear()
    assert published(site, *there)["sent"][0]["files"] == 0
    assert store.requests == [("GET", f"/wire/{MANIFEST}")]
    assert run(site, "rollback", *there)["sent"][0]["files"]
    assert files(store) == live(site) | {"foreign.txt": b"mine"}


def test_headers(site: SmallSite, store: Store) -> None:
    """Each object has its type and the caching rules of `_headers`, and a changed rule changes the
    objects. With `compress`, text is compressed.
    """
    site.write("static/x.css", "p { order: 1 }")
    site.write("static/_headers", "/x.css\n  Cache-Control: max-age=60\n/*\n  X-Other: 1\n")
    published(site, *to(store.target()))
    found = store.objects()
    assert found["index.html"].headers["Content-Type"] == "text/html; charset=utf-8"
    assert found["x.css"].headers == {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "max-age=60",
    }
    site.write("static/_headers", "/x.css\n  Cache-Control: max-age=90\n/*\n  X-Other: 1\n")
    (sent,) = published(site, *to(store.target()))["sent"]
    assert sent["files"] == 2
    assert store.objects()["x.css"].headers["Cache-Control"] == "max-age=90"
    for name, encoding, read in (
        ("gzip", "gzip", gzip.decompress),
        ("brotli", "br", brotli.decompress),
    ):
        there = to(store.target(name, compress=name))
        published(site, *there)
        small = store.objects(name)
        assert small["index.html"].headers["Content-Encoding"] == encoding
        assert read(small["index.html"].data) == live(site)["index.html"]
        again = run(site, "publish", "--verify-remote", *there)
        assert again["sent"][0]["files"] == 0


def test_the_order(site: SmallSite, store: Store) -> None:
    """Styles and stories come before the lists that link to them, the front page is the last of the
    files, then come removals. The manifest is the first and the last.
    """
    there = to(store.target())
    published(site, *there)
    site.article("three")
    (site.root / "content/one.md").unlink()
    site.write("static/new.css", "p { order: 1 }")
    store.requests.clear()
    published(site, "--force", *there)
    order = [path for method, path in store.requests if method != "GET"]
    place = {path: n for n, path in enumerate(order)}
    assert order[0] == order[-1] == f"/{MANIFEST}"
    assert order[-3] == "/index.html"
    assert store.requests[-2][0] == "POST"  # the removals
    assert max(place["/news/three/index.html"], place["/new.css"]) < place["/feed.xml"]


def test_what_is_really_there(site: SmallSite, store: Store) -> None:
    """`--verify-remote` finds an object that was changed, and one that was removed."""
    there = to(store.target("wire"))
    published(site, *there)
    store.put("wire/index.html", b"theirs")
    store._client.delete("wire/feed.xml")
    assert run(site, "publish", *there)["sent"][0]["files"] == 0
    assert run(site, "publish", "--verify-remote", *there)["sent"][0]["files"] == 2
    assert files(store) == live(site)


def test_two_publishers(site: SmallSite, store: Store) -> None:
    """While another run holds the store, nothing is sent; when its time is over, this run
    continues. A run that lost its lease stops before its next write.
    """
    there = to(store.target("wire"))
    published(site, *there)
    before = files(store)
    manifest = json.loads(store.get(f"wire/{MANIFEST}"))
    held = manifest | {"holder": "other", "expires": _after(hours=1)}
    store.put(f"wire/{MANIFEST}", json.dumps(held).encode())
    site.article("three")
    built(site)
    refused = run(site, "publish", *there, code=3)
    assert codes(refused) == ["target-failed"]
    assert "another run publishes there" in refused["problems"][0]["message"]
    assert files(store) == before
    store.put(f"wire/{MANIFEST}", json.dumps(held | {"expires": _after(hours=-1)}).encode())
    assert run(site, "publish", *there)["sent"][0]["files"]
    assert files(store) == live(site)
    assert json.loads(store.get(f"wire/{MANIFEST}"))["number"] == manifest["number"] + 1


def _after(**time: int) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def lose_lease(client: Any) -> None:
    """Take a lease twice, and check that the publisher that lost it writes nothing more."""

    async def both() -> None:
        mine, theirs = [await Lease.read(client) for _ in range(2)]
        await mine.take({"a": "1"})
        with pytest.raises(LeaseLost):
            await theirs.take({})
        later = await Lease.read(client)
        later.manifest = type(later.manifest)()  # as if the first one's time were over
        await later.take({"b": "1"})
        await mine.keep()  # not yet due
        mine._renewed = 0.0
        with pytest.raises(LeaseLost):
            await mine.keep()
        with pytest.raises(LeaseLost):
            await mine.release({"a": "2"})
        await later.release({"b": "2"})

    asyncio.run(both())
    assert json.loads(bytes(client.get(MANIFEST).bytes()))["files"] == {"b": "2"}


def test_a_lease_that_was_taken(store: Store) -> None:
    """A publisher that lost its lease writes nothing more."""
    lose_lease(store._client)


def test_killed_at_any_request(site: SmallSite, store: Store) -> None:
    """After a publication is killed while it sends, the next run continues and ends with exactly
    the live edition.
    """
    rng = random.Random(7)
    target = store.target("wire")
    published(site, *to(target))
    for _ in range(rounds(3)):
        for n in range(6):
            site.article(f"story-{rng.randrange(9)}", title=f"Title {rng.randrange(2**20)} {n}")
        built(site)
        store.requests.clear()
        process = in_background("publish", *to(target), cwd=site.root)
        after = rng.randrange(1, 12)
        eventually(
            lambda of=process, least=after: of.poll() is not None or len(store.requests) >= least,
            "requests",
        )
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        manifest = json.loads(store.get(f"wire/{MANIFEST}"))
        if manifest.get("holder"):
            over = json.dumps(manifest | {"expires": _after(hours=-1)})
            store.put(f"wire/{MANIFEST}", over.encode())
        run(site, "publish", *to(target))
        assert files(store) == live(site)


def test_what_goes_wrong(site: SmallSite, store: Store) -> None:
    """A missing bucket and a silent store are problems with a reason."""
    built(site)
    for target in (
        store.target() | {"url": "s3://missing/x"},
        store.target() | {"endpoint": "http://127.0.0.1:9"},
    ):
        found = run(site, "publish", *to(target), code=3)
        (problem,) = found["problems"]
        assert problem["code"] == "target-failed"
        assert problem["message"].startswith(target["url"])
        assert "\n" not in problem["message"]


def test_google_cloud_storage(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition is sent to Google Cloud Storage and replaced by the next. Versions are
    generations: a publisher that lost its lease writes nothing more.
    """
    monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "token")
    with google() as server:
        endpoint = f"http://127.0.0.1:{server.server_port}"
        there = to({"url": "gs://news/wire", "endpoint": endpoint})
        published(site, *there)
        (site.root / "content/one.md").unlink()
        assert published(site, "--force", *there)["sent"][0]["removed"]
        found = {path.removeprefix("/news/wire/"): one for path, one in server.objects.items()}
        del found[MANIFEST]
        assert {path: one[0] for path, one in found.items()} == live(site)
        assert found["index.html"][1]["Content-Type"] == "text/html; charset=utf-8"
        http = {"allow_http": True}
        lose_lease(from_url("gs://news/other", config={"base_url": endpoint}, client_options=http))


@pytest.mark.needs("azurite-blob")
def test_azure(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition is sent to Azure, replaced by the next, and restored. A publisher that lost its
    lease writes nothing more.
    """
    for name, value in azure.KEYS.items():
        monkeypatch.setenv(name, value)
    with azure.azure() as container:
        there = to(container.target("wire"))

        def stored() -> dict[str, bytes]:
            return {p: data for p, data in container.files("wire").items() if p != MANIFEST}

        published(site, *there)
        (site.root / "content/one.md").unlink()
        assert published(site, "--force", *there)["sent"][0]["removed"]
        assert stored() == live(site)
        kind = container.client("wire").get("index.html").attributes["Content-Type"]
        assert kind == "text/html; charset=utf-8"
        run(site, "rollback", *there)
        assert stored() == live(site)
        assert published(site, "--release", "--verify-remote", *there)["sent"][0]["files"]
        lose_lease(container.client("other"))
