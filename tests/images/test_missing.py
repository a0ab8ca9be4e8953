"""Images that articles name by path and that do not exist."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote

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
    """Return articles whose images exist, or have a similar name."""
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


NOWHERE = "neither beside the article nor in the content folder or the static folder"
FOUND = [
    (
        "content/a/one.md",
        f"the image photo.jpg is {NOWHERE}",
        "did you mean PHOTO.JPG?",
    ),
    (
        "content/three.md",
        "the image /images/harbor.jpg is not in the static folder",
        "did you mean harbour.jpg?",
    ),
    (
        "content/three.md",
        f"the image nowhere.jpg is {NOWHERE}",
        "add the file, or correct the name",
    ),
]


def test_build_check_and_status_report_it(site: SmallSite) -> None:
    """A build, a check and `images status` name the missing file and a similar one; so does a
    second build, which reads nothing.
    """
    assert missing(site.build()) == FOUND
    assert missing(site.build()) == FOUND
    for words in (("check",), ("images", "status")):
        done = site.run(*words, "--json")
        assert missing(json.loads(done.stdout)["problems"]) == FOUND, done.stderr
    first = next(p for p in json.loads(done.stdout)["problems"] if p["code"] == "missing-image")
    assert (first["line"], first["source"].strip()) == (11, "- photo.jpg")


def test_images_named_without_a_slash(tmp_path) -> None:
    """An image is found beside the article, else at its path from the content or the static folder,
    else as the only one with its name in the static folder. An ambiguous name shows no image.
    """
    site = SmallSite(tmp_path / "site", url="https://wire.example/azure")
    places = (
        *("static/img/a b.png", "content/posts/img/c.png", "static/img/c.png", "content/d/e.png"),
        *("static/hero/f.png", "static/x/g.png", "static/y/g.png", "static/deep/img/h.png"),
    )
    for n, place in enumerate(places):
        site.write(place, photo(n, 200 + n, 100))
    names = ("img/a%20b.png", "../../img/a b.png", "img/c.png", "d/e.png", "f.png", "img/h.png")
    names = (*names, "../static/deep/img/h.png")
    for n, name in enumerate(names):
        site.article(f"posts/{n}", images=[{"url": name}], body=f"![x]({quote(unquote(name))})")
    site.article("posts/none", images=["g.png"], body="![](o/h.png)")
    problems = site.build().problems
    assert [(one.code, one.hint) for one in problems] == [
        ("missing-image", "did you mean /x/g.png?"),
        ("missing-image", "did you mean /deep/img/h.png?"),
    ]
    widths = [
        re.findall(r"<img [^>]*width=\"(\d+)", site.page(f"/news/{n}/"))[:2] for n in range(7)
    ]
    assert widths == [[str(200 + n)] * 2 for n in (0, 0, 1, 3, 4, 7, 7)]
    checked = json.loads(site.run("check", "--json").stdout)["problems"]
    assert [one["code"] for one in checked] == ["missing-image"] * 2


def test_what_is_put_right_is_no_problem(site: SmallSite) -> None:
    """When the file is added or the name is corrected, the problem disappears, in the preview
    too.
    """
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
    """The problem has the position of the address, for any name of the field and any notation."""
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
