"""The preview follows the disk: edits by editors, errors, and the last good pages."""

from __future__ import annotations

import json
import os
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from preview.serving import Answer, Running, running
from support import AS_OF, PATIENCE, SmallSite


def has(words: str) -> Callable[[Answer], bool]:
    return lambda answer: words in answer.page


def told(answer: Answer) -> dict[str, Any]:
    """Return the data for the script of a page."""
    import html

    found = answer.body.decode().partition('data-newsgen="')[2].partition('"></script>')[0]
    data: dict[str, Any] = json.loads(html.unescape(found))
    return data


def news(one: Running, route: str, number: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events for a browser that shows a page."""
    with urllib.request.urlopen(
        f"{one.url}/__newsgen/events?{urlencode({'route': route, 'number': number})}",
        timeout=PATIENCE,
    ) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


@pytest.fixture(params=["system", "poll"])
def live(request: pytest.FixtureRequest, site: SmallSite) -> Iterator[Running]:
    with running(site, poll=request.param == "poll") as one:
        one.get("/news/one/")
        yield one


def test_articles_come_change_move_and_go(live: Running, site: SmallSite) -> None:
    """A new article, an edit, a rename and a deletion appear on all pages, also in new folders."""
    site.article("deep/er/three", title="Third")
    live.until("/", has("Third"))
    site.article("deep/er/three", title="Fourth")
    live.until("/", has("Fourth"))
    assert "Fourth" in live.get("/news/three/").page
    (site.root / "content/deep").rename(site.root / "content/other")
    (site.root / "content/other/er/three.md").rename(site.root / "content/other/er/four.md")
    live.until("/news/four/", has("Fourth"))
    # A poll may see the new name before it notices that the old one is gone.
    live.until("/news/three/", lambda answer: answer.status == 404)
    (site.root / "content/other/er/four.md").unlink()
    live.until("/news/four/", lambda answer: answer.status == 404)
    assert "Fourth" not in live.get("/").page


def test_a_write_in_place_that_keeps_size_and_time(live: Running, site: SmallSite) -> None:
    """A file written with the same size and modification time is read again."""
    file = site.article("one", title="Old words")
    live.until("/news/one/", has("Old words"))
    before = file.stat()
    with file.open("r+b") as opened:
        opened.write(file.read_bytes().replace(b"Old words", b"New words"))
        os.utime(opened.fileno(), ns=(before.st_atime_ns, before.st_mtime_ns))
    live.until("/news/one/", has("New words"))


def test_folders_that_come_later_are_watched(live: Running, site: SmallSite) -> None:
    """Templates, static files and data files are read although their folders did not exist at
    first.
    """
    site.write("static/a.txt", "one")
    live.until("/a.txt", lambda answer: answer.body == b"one")
    site.write("static/a.txt", "other")
    live.until("/a.txt", lambda answer: answer.body == b"other")
    site.write("templates/404.html", "own")
    live.until("/404.html", has("own"))
    site.write("_data/topics.yaml", "- {name: Artificial, otherNames: [AI]}\n")
    live.until("/topics/", has("Artificial"))
    site.settings(title="Renamed")
    live.until("/", has("Renamed"))
    site.settings(content="elsewhere")
    site.write(
        "elsewhere/x.md", "---\ntitle: Elsewhere\npublishedDateTime: 2026-01-30T08:00:00Z\n---\n"
    )
    live.until("/", has("Elsewhere"))


def test_editors_do_no_harm(site: SmallSite) -> None:
    """Writing by rename, swap files, a backup, and a slow write never show a partial page."""
    with running(site) as one:
        text = site.article("one", title="By rename").read_text()
        (site.root / "content/.one.md.swp").write_text("---\ntitle: [\n")
        (site.root / "content/4913").write_text("")
        (site.root / "content/one.md~").write_text("---\ntitle: [\n")
        fresh = site.root / "content/.one.md.new"
        fresh.write_text(text.replace("By rename", "Renamed into place"))
        os.replace(fresh, site.root / "content/one.md")
        one.until("/news/one/", has("Renamed into place"))
        assert one.preview.problems() == []
        seen = set()
        done = threading.Event()

        def write_slowly() -> None:
            with (site.root / "content/one.md").open("w") as file:
                for start in range(0, len(text), 40):
                    file.write(text[start : start + 40])
                    file.flush()
                    time.sleep(0.02)  # slowly
            done.set()

        thread = threading.Thread(target=write_slowly)
        thread.start()
        while not done.is_set():
            answer = one.get("/news/one/")
            seen.add(
                (answer.status, "By rename" in answer.page or "Renamed into place" in answer.page)
            )
        thread.join()
        one.until("/news/one/", has("By rename"))
        assert seen == {(200, True)}


def test_a_burst_is_taken_in_as_it_came(site: SmallSite) -> None:
    """While two hundred files are saved, as by a pull, a page shows all changes up to one moment,
    and none after it.
    """
    for i in range(200):
        site.article(f"b{i:03}", title=f"Before {i:03}", topics=["Burst"])
    with running(site) as one:

        def save() -> None:
            for i in range(200):
                site.article(f"b{i:03}", title=f"After {i:03}", topics=["Burst"])

        thread = threading.Thread(target=save)
        thread.start()
        old = {"Before"}
        while old:
            titles = sorted(
                (number, word)
                for word, number in set(
                    re.findall(r"(Before|After) (\d{3})", one.get("/topics/burst/").page)
                )
            )
            words = [word for _, word in titles]
            assert words == sorted(words), titles  # After, then Before
            old = {word for word in words if word == "Before"}
        thread.join()


def test_a_broken_article_keeps_its_last_good_page(site: SmallSite) -> None:
    """The page stays, with the error, its place and a link to it, until the article is fixed."""
    with running(site) as one:
        text = (site.root / "content/one.md").read_text()
        one.get("/news/one/")
        site.write("content/one.md", text.replace("title: Story one", "title: [Story one"))
        page = one.until("/news/one/", lambda answer: told(answer)["problems"])
        assert (page.status, "Story one" in page.page) == (200, True)
        (problem,) = told(page)["problems"]
        assert (problem["file"], problem["line"] > 1, problem["edit"][:9]) == (
            "content/one.md",
            True,
            "vscode://",
        )
        assert told(one.get("/"))["problems"] == []
        assert told(one.get("/"))["counts"][0] == 1
        site.write("content/one.md", text.replace("Story one", "Story repaired"))
        page = one.until("/news/one/", has("Story repaired"))
        assert told(page)["problems"] == []


def test_a_broken_template_keeps_the_last_good_page(site: SmallSite) -> None:
    """Every page reports a failing template: one shown before stays as it was, any other is only
    the error.
    """
    with running(site) as one:
        one.get("/news/one/")
        site.write("templates/article.html", "line\n{{ article.titel }}")
        page = one.until("/news/one/", lambda answer: told(answer)["problems"])
        assert (page.status, "Story one" in page.page) == (200, True)
        problem = told(page)["problems"][0]
        assert (problem["file"], problem["line"], problem["source"]) == (
            "templates/article.html",
            2,
            "{{ article.titel }}",
        )
        assert "did you mean title?" in problem["hint"]
        assert one.get("/news/two/").status == 500
        one.until("/", lambda answer: told(answer)["problems"])
        site.write("templates/article.html", "all right {{ article.title }}")
        one.until("/news/two/", has("all right Story two"))
        one.until("/", lambda answer: not told(answer)["problems"])


def test_broken_settings_keep_the_site(site: SmallSite) -> None:
    """The last good site stays, with the error, until the settings are fixed."""
    with running(site) as one:
        site.settings(per_page="many")
        page = one.until("/", lambda answer: told(answer)["problems"])
        assert told(page)["problems"][0]["file"] == "newsgen.yaml"
        assert "Story one" in page.page
        site.article("three")
        site.settings(title="Mended")
        one.until(
            "/",
            lambda answer: (
                "Mended" in answer.page
                and "Story three" in answer.page
                and not told(answer)["problems"]
            ),
        )


def test_nothing_secured_is_told(site: SmallSite) -> None:
    """A line that may hold a part of `secured` is on no page of the preview, even if the file is
    broken there.
    """
    with running(site) as one:
        one.get("/news/one/")
        site.write("content/one.md", '---\ntitle: One\nsecured: "hush\n  hidden: [\n---\n')
        page = one.until("/news/one/", lambda answer: told(answer)["problems"])
        for answer in (page, one.get("/__newsgen/problems")):
            assert b"hush" not in answer.body
            assert b"hidden" not in answer.body


def test_links_that_lead_nowhere_are_told(site: SmallSite) -> None:
    """A broken link in a body is reported at once, also in an article that no browser shows, and
    again when its target is gone.
    """
    site.article("three", body="[here](/news/two/) and [there](/news/nowhere/)\n")
    with running(site) as one:
        one.until("/__newsgen/problems", lambda answer: b"/news/nowhere/" in answer.body)
        assert b"content/three.md" in one.get("/__newsgen/problems").body
        (site.root / "content/two.md").unlink()
        one.until("/__newsgen/problems", lambda answer: b"/news/two/" in answer.body)


def test_drafts_have_badges(site: SmallSite) -> None:
    """A draft and a scheduled story have a badge on their pages and in lists."""
    site.article("three", draft=True)
    site.article("four", publishedDateTime="2027-01-01T08:00:00Z")
    with running(site) as one:
        assert told(one.get("/news/three/"))["badge"] == "draft"
        assert told(one.get("/news/four/"))["badge"] == "scheduled"
        assert told(one.get("/"))["badges"] == {"/news/three/": "draft", "/news/four/": "scheduled"}


def test_browsers_are_told(site: SmallSite) -> None:
    """A page receives an event when it changed, with the reason, when it is gone, and for files
    that it names only by path.
    """
    with running(site) as one:
        heard = news(one, "/news/one/")
        first = next(heard)
        site.article("one", title="Other")
        second = next(message for message in heard if message["page"] != first["page"])
        assert second["tag"] == first["tag"]
        assert "the card of “Other” changed: title" in second["why"]
        site.write("static/own.css", "")
        assert next(message["files"] for message in heard if message["files"]) == ["/own.css"]
        site.write("templates/article.html", "new {{ article.title }}")
        assert (
            next(message for message in heard if message["page"] != second["page"])["tag"]
            != first["tag"]
        )
        (site.root / "content/one.md").unlink()
        assert next(message for message in heard if not message["page"])["tag"] == ""


def test_time_alone_changes_the_site(site: SmallSite) -> None:
    """A story that expires disappears at its time, without a changed file."""
    now = [AS_OF]
    site.article("three", expires="2026-01-31T12:00:01Z")
    with running(site, lambda: now[0]) as one:
        assert one.get("/news/three/").status == 200
        now[0] = AS_OF.replace(second=1)
        one.until("/news/three/", lambda answer: answer.status == 404)
