"""The nightly job: all steps in one command, its report, its log, and when it is due."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from newsgen.store.output import Output
from servers import Server
from support import SmallSite, eventually

from .publishing import aged, codes, live, run


def test_a_night(site: SmallSite) -> None:
    """The job builds, publishes and reports; the next run without a change says so."""
    site.article("three", title="Tide <b>gates</b>")
    site.write("content/broken.md", "---\ntitle: [\n---\n")
    first = run(site, "nightly")
    assert (first["outcome"], first["articles"], first["edition"]) == (
        "published",
        3,
        (site.root / "editions/current").readlink().name,
    )
    assert live(site) == site.tree()
    second = run(site, "nightly")
    assert (second["outcome"], second["difference"]) == ("unchanged", None)
    folder = site.root / "editions/reports"
    assert json.loads((folder / "000001.json").read_text()) == first
    page = (folder / "000001.html").read_text()
    assert "“Tide &lt;b&gt;gates&lt;/b&gt;”" in page
    assert "content/broken.md:3:1: error" in page
    assert "published (exit code 0)" in page
    status = json.loads(site.run("status", "--json").stdout)
    assert status["live"] == first["edition"]
    assert (status["last_night"]["outcome"], status["last_night"]["exit"]) == ("unchanged", 0)
    assert "the last nightly run ended at" in site.run("status").stdout


def test_only_so_many_reports(site: SmallSite) -> None:
    """Only the most recent reports are kept."""
    for _ in range(4):
        run(site, "nightly", "--set", "nightly.reports=2")
    names = {
        path.name
        for path in (site.root / "editions/reports").iterdir()
        if not path.name.startswith(".")
    }
    assert names == {f"00000{n}.{suffix}" for n in (3, 4) for suffix in ("html", "json")}


def test_a_night_that_cannot_build(site: SmallSite) -> None:
    """If a template fails, the live edition stays, and the report and the exit code show it, with
    file and line. A report also says if the content of a bucket cannot be copied.
    """
    run(site, "nightly")
    before = live(site)
    site.write("templates/article.html", "{{ page.nothing.more }}")
    night = run(site, "nightly", code=3)
    assert (night["outcome"], night["exit"]) == ("failed", 3)
    assert night["problems"][-1]["file"] == "templates/article.html"
    assert live(site) == before
    assert run(site, "status")["last_night"]["exit"] == 3
    site.settings(content={"url": "s3://news/wire", "copy": "content"})  # not a folder of copies
    night = run(site, "nightly", "--if-due", code=3)
    assert (night["outcome"], night["articles"], night["exit"]) == ("failed", 0, 3)
    assert [problem["code"] for problem in night["problems"]] == ["foreign-file"]
    assert live(site) == before


def test_two_nights_at_once(site: SmallSite) -> None:
    """While one job runs, another ends with 4 and changes nothing."""
    run(site, "nightly")
    site.article("three")
    lock = Output(site.root / "editions/reports").lock(wait=False)
    done = site.run("nightly")
    lock.release()
    assert done.returncode == 4
    assert "another run holds" in done.stderr
    assert "news/three/index.html" not in live(site)


def test_if_due(site: SmallSite) -> None:
    """With --if-due, nothing is done and no report is written while neither an input nor the time
    changes anything.
    """
    aged(site)
    run(site, "nightly")
    reports = len(list((site.root / "editions/reports").iterdir()))
    done = site.run("nightly", "--if-due")
    assert (done.returncode, "not due" in done.stderr) == (0, True)
    assert len(list((site.root / "editions/reports").iterdir())) == reports
    site.article("three")
    assert run(site, "nightly", "--if-due")["outcome"] == "published"
    site.article("four")
    site.run("build", "-q")
    assert run(site, "nightly", "--if-due")["outcome"] == "published"
    soon = _soon(site)
    eventually(lambda: datetime.now(UTC) >= soon, "the time of the story")
    assert [one["title"] for one in run(site, "nightly", "--if-due")["difference"]["new"]] == [
        "Story five"
    ]


def _soon(site: SmallSite) -> datetime:
    """Return a time of story five so soon after a nightly run that the run has not shown it yet."""
    for seconds in (2, 10, 60, 300):
        soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
        due = f"{soon:%Y-%m-%dT%H:%M:%SZ}"
        site.article("five", publishedDateTime=due)
        if run(site, "nightly")["due"] == due:
            return soon
    raise AssertionError("a night takes longer than five minutes")


def test_next_due(site: SmallSite) -> None:
    """The next time is printed for a scheduler; nothing is printed if there is none."""
    site.article("later", publishedDateTime="2026-03-01T08:00:00Z")
    site.article("over", expires="2026-02-20T08:00:00Z")
    assert site.run("next-due", "--at", "2026-02-10T12:00").stdout == "2026-02-20T08:00:00Z\n"
    assert run(site, "next-due", "--at", "2026-02-25T00:00") == {"due": "2026-03-01T08:00:00Z"}
    done = site.run("next-due", "--at", "2027-01-01")
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_log_for_machines(site: SmallSite) -> None:
    """With --log-format json each line of the log is an object with a time and an event; problems
    are lines too.
    """
    site.write("content/broken.md", "---\ntitle: [\n---\n")
    done = site.run("nightly", "--log-format", "json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["built", "published", "problem"]
    assert all(datetime.fromisoformat(line["time"]) for line in lines)
    assert (lines[-1]["file"], lines[-1]["line"], lines[0]["articles"]) == (
        "content/broken.md",
        3,
        2,
    )
    quiet = site.run("nightly", "-q")
    assert (quiet.stdout, "error: " in quiet.stderr, "built" in quiet.stderr) == ("", True, False)


@pytest.mark.parametrize("folder", ["plain", 'with space & 100% "odd"'])
def test_units_for_systemd(make_site, folder: str) -> None:
    """The units name this Python and this site with any name, and nothing else is done."""
    site = make_site()
    root = site.root.parent / folder
    site.root.rename(root)
    site.root = root
    said = site.run("nightly", "--print-systemd", "--cache", "c", "--set", "title=The $").stdout
    assert re.search(
        r'^ExecStart="\S+python\S*" "-m" "newsgen" "nightly" "--root" ".*" "--cache" ".*/c" '
        r'"--set" "title=The \$\$" "--if-due"$',
        said,
        re.M,
    )
    assert "Description=Publish The $\n" in said
    assert "[Timer]" in said
    assert not (root / "editions").exists()


def test_held(site: SmallSite) -> None:
    """While an edition is held, a nightly run builds and reports without publishing, and is not a
    failure.
    """
    run(site, "nightly")
    site.article("three")
    run(site, "nightly")
    run(site, "rollback")
    site.article("four")
    aged(site)
    night = run(site, "nightly")
    assert (night["outcome"], codes(night)) == ("held", ["held"])
    assert "news/three/index.html" not in live(site)
    assert site.run("nightly", "--if-due").stderr.count("not due") == 1


def test_pictures(make_site) -> None:
    """Images are fetched before the build and shown from the site; hosts that are down are
    reported, and stop nothing.
    """
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "PNG")
    png = out.getvalue()

    def picture(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        for name, value in (("Content-Type", "image/png"), ("Content-Length", str(len(png)))):
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(png)

    server = Server({"/a.png": picture})
    down = Server({})
    with down.running():
        pass
    site = make_site(network={"private": ["127.0.0.1"]})
    site.article("one", images=[{"url": f"{server.url}/a.png", "width": 400, "height": 300}])
    site.article("two", images=[{"url": f"{down.url}/b.png", "width": 400, "height": 300}])
    with server.running():
        night = run(site, "nightly")
    assert (night["outcome"], codes(night)) == ("published", ["no-picture"])
    assert "/_media/" in live(site)["news/one/index.html"].decode()
    assert [path for path in live(site) if path.startswith("_media/")]
    site.article("three")
    assert run(site, "nightly")["outcome"] == "published"  # with every host down


def test_a_file_of_the_future(site: SmallSite) -> None:
    """A file with a future time does not make every run due, but a change of it does, also one that
    keeps that time.
    """
    later = (4_000_000_000, 4_000_000_000)
    aged(site)
    for path in ("content/one.md", "static/a.txt"):
        file = (site.root / path) if path.startswith("content") else site.write(path, "a")
        os.utime(file, later)
    run(site, "nightly")
    assert "not due" in site.run("nightly", "--if-due").stderr
    site.article("one", title="Changed")
    os.utime(site.root / "content/one.md", later)
    assert "not due" not in site.run("nightly", "--if-due").stderr
    assert b"Changed" in live(site)["news/one/index.html"]
    assert "not due" in site.run("nightly", "--if-due").stderr
