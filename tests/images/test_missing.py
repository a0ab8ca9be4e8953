"""Images that articles name by their place and that are not there."""

from __future__ import annotations

import json

import pytest

from newsgen.build.inputs import Result
from newsgen.core.problems import locate_all
from photos import photo
from support import SmallSite
from tests.preview.serving import running


def missing(problems: list[dict] | Result) -> list[tuple[str, str, str]]:
    if isinstance(problems, Result):
        return [(p.file, p.message, p.hint) for p in problems.problems if p.code == "missing-image"]
    return [(p["file"], p["message"], p["hint"]) for p in problems if p["code"] == "missing-image"]


@pytest.fixture
def site(tmp_path) -> SmallSite:
    """Articles whose images are there, or are called nearly so."""
    site = SmallSite(tmp_path / "site", url="https://wire.example/azure")
    site.write("content/a/PHOTO.JPG", photo())
    site.write("content/a/there two.jpg", photo())
    site.write("static/images/harbour.jpg", photo())
    site.write("static/drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.article("a/one", images=["photo.jpg"])
    site.article(
        "a/two",
        images=[
            "there%20two.jpg",
            "/images/harbour.jpg?x=1",
            "/drawing.svg",
            "https://x.example/a.jpg",
        ],
    )
    site.article("three", images=["/images/harbor.jpg", "nowhere.jpg"])
    return site


FOUND = [
    (
        "content/a/one.md",
        "the image photo.jpg is not beside the article",
        "did you mean PHOTO.JPG?",
    ),
    (
        "content/three.md",
        "the image /images/harbor.jpg is not in the static folder",
        "did you mean harbour.jpg?",
    ),
    (
        "content/three.md",
        "the image nowhere.jpg is not beside the article",
        "add the file, or correct the name",
    ),
]


def test_build_check_and_status_report_it(site: SmallSite) -> None:
    """A build, a check and `images status` name the file, and one that is nearly called so; a
    second build, which reads nothing, too.
    """
    assert missing(site.build()) == FOUND
    assert missing(site.build()) == FOUND
    for words in (("check",), ("images", "status")):
        done = site.run(*words, "--json")
        assert missing(json.loads(done.stdout)["problems"]) == FOUND, done.stderr
    first = next(p for p in json.loads(done.stdout)["problems"] if p["code"] == "missing-image")
    assert (first["line"], first["source"].strip()) == (11, "- photo.jpg")


def test_what_is_put_right_is_no_problem(site: SmallSite) -> None:
    """When the file comes, or the name is corrected, the problem goes, in the preview too."""
    with running(site) as shown:

        def told() -> list[str]:
            return [p.message for p in shown.preview.problems() if p.code == "missing-image"]

        assert len(told()) == 3
        site.article("three", images=["/images/harbour.jpg", "nowhere.jpg"])
        shown.until("/__newsgen/problems", lambda answer: len(told()) == 2)
        site.write("content/nowhere.jpg", photo())
        shown.until("/__newsgen/problems", lambda answer: len(told()) == 1)
    assert missing(site.build()) == FOUND[:1]


def test_the_place_of_a_missing_image(tmp_path) -> None:
    """The problem points to the address, whatever the field is called and however it is written."""
    site = SmallSite(tmp_path)
    places = {
        "images:\n- title: t\n  url: no.jpg": (6, 8),
        "images:\n  title: t\n  url: no.jpg": (6, 8),
        "images: [no.jpg]": (4, 10),
        "cover: no.jpg": (4, 8),
        "image:\n  alt: a\n  url: no.jpg": (6, 8),
        "thumbnail: [no.jpg]": (4, 13),
    }
    for n, images in enumerate(places):
        site.write(f"content/{n}.md", f"---\ntitle: T{n}\ndate: 2026-01-30\n{images}\n---\n")
    found = locate_all(site.build().problems, site.root)
    assert [(one.line, one.column) for one in found] == list(places.values())
