"""Exports of WordPress become sites with the same addresses, texts and images."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from newsgen.config.settings import load_config
from newsgen.importers.importing import ImportOptions, import_export
from newsgen.importers.wordpress import read_wordpress
from photos import plain
from servers import Server
from support import newsgen

from .exports import OLD, SHARED, ImportSite, attachment, wxr, wxr_item


@pytest.fixture
def place(tmp_path: Path) -> ImportSite:
    return ImportSite(tmp_path / "site")


def test_a_post_keeps_what_it_has(place: ImportSite) -> None:
    """Title, time, author, categories, tags, excerpt, lead image, pin and address are kept."""
    thumbnail = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>7</wp:meta_value>"
        "</wp:postmeta><excerpt:encoded><![CDATA[In <b>short</b>.]]></excerpt:encoded>"
        '<category domain="category" nicename="sea"><![CDATA[The Sea]]></category>'
        '<category domain="category" nicename="uncategorized">Uncategorized</category>'
        '<category domain="post_tag" nicename="dykes"><![CDATA[Dykes & dams]]></category>'
        "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"
    )
    lead = attachment(7, "tide.jpg", alt="A tide", caption="High tide")
    title = "Gates &amp; <em>dykes</em> &#8220;hold&#8221;"
    one = wxr_item("gates", "Text.", thumbnail, title=title, wp__is_sticky="1")
    found = place.run("wordpress", wxr(one, lead))
    assert place.front("gates") == {
        "title": "Gates & dykes “hold”",
        "publishedDateTime": datetime(2026, 1, 30, 8, 15, tzinfo=UTC),
        "excerpt": "In short.",
        "slug": "gates",
        "permalink": "/2026/01/gates/",
        "authors": ["Ann Low"],
        "topics": ["The Sea"],
        "tags": ["Dykes & dams"],
        "sticky": True,
        "images": [
            {
                "url": f"{OLD}/wp-content/uploads/2026/01/tide.jpg",
                "alt": "A tide",
                "caption": "High tide",
            }
        ],
    }
    assert (found["comments"], found["parity"]["score"]) == (1, 100)
    assert place.problems() == []
    site = place.built()
    assert (site / "2026/01/gates/index.html").exists()
    assert (site / "category/sea/index.html").exists()
    assert (site / "author/ann/index.html").exists()


HIDDEN: list[tuple[dict[str, str], str]] = [
    ({"wp__status": "draft", "wp__post_date_gmt": "0000-00-00 00:00:00"}, "draft"),
    ({"wp__status": "future", "wp__post_date_gmt": "2099-01-01 00:00:00"}, "scheduled"),
    ({"wp__status": "private"}, "private"),
    ({"wp__status": "pending"}, "draft"),
    ({"wp__status": "of-a-plugin"}, "unclear"),
    ({"wp__status": "trash"}, "trash"),
    ({"wp__post_password": "x"}, "password"),
    ({"wp__post_type": "page", "wp__status": "private"}, "private"),
]


def test_what_the_public_may_not_see_is_withheld(place: ImportSite) -> None:
    """Only published posts without a password are published; the others are counted."""
    hidden = [
        wxr_item(f"hidden-{n}", "The secret harbour.", wp__post_id=str(n), **fields)
        for n, (fields, _) in enumerate(HIDDEN)
    ]
    found = place.run("wordpress", wxr(wxr_item("open", "Text."), *hidden))
    assert found["withheld"] == Counter(why for _, why in HIDDEN)
    assert all(place.front(f"hidden-{n}")["draft"] is True for n in range(len(HIDDEN)))
    pages = place.built().rglob("*.*")
    assert not [page for page in pages if b"secret harbour" in page.read_bytes()]


BODIES = {
    "paragraphs": ("One\ntwo\n\nThree", "One\\\ntwo\n\nThree"),
    "more": ("One\n\n<!--more-->\n\nTwo", "One\n\n<!--more-->\n\nTwo"),
    "blocks": (
        "<!-- wp:paragraph --><p>One <strong>two</strong></p><!-- /wp:paragraph -->"
        '<!-- wp:latest-posts {"a":1} /-->',
        "One **two**",
    ),
    "text is no markup": ("5 * 3 * 2 and _x_ [y] &lt;b&gt; {{< z >}}", None),
    "caption": (
        '[caption id="a" width="300"]<a href="https://i.example/x"><img '
        'src="https://i.example/x.jpg" alt="X"/>'
        "</a> The <em>sea</em>[/caption]",
        '<figure><a href="https://i.example/x"><img alt="X" src="https://i.example/x.jpg"></a>'
        "<figcaption>The <em>sea</em></figcaption></figure>",
    ),
    "video": (
        "See:\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n\nEnd",
        'See:\n\n{{< embed "https://www.youtube.com/watch?v=dQw4w9WgXcQ" >}}\n\nEnd',
    ),
    "unknown host": ("[embed]https://clips.example/1[/embed]", "<https://clips.example/1>"),
    "code": ("<pre>a\n\n  b &lt;x&gt; *c*</pre>", "```\na\n\n  b <x> *c*\n```"),
    "escaped": ("Write [[gallery]] here", "Write \\[gallery\\] here"),
    "own links": (f'<a href="{OLD}/2026/01/a/?x=1">a</a>', "[a](/2026/01/a/?x=1)"),
    "breaks at an edge": ("<b>x<br></b>y<br>", "**x** y"),
    "nothing to run": ('<p onclick="x()">a<script>b()</script></p>', "a"),
    "nested": (
        "<ul>\n<li>a\n<ol>\n<li>b</li>\n</ol>\n</li>\n<li>c</li>\n</ul>",
        "- a\n  1. b\n- c",
    ),
    "synced block": ('<!-- wp:block {"ref":7} /-->', ""),
    "table": (
        "<table><tr><td colspan=2>a</td></tr></table>",
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
    ),
}


def test_bodies_in_markdown(place: ImportSite) -> None:
    """Bodies of both editors become Markdown with the same content, without a problem."""
    names = {name: f"body-{n}" for n, name in enumerate(BODIES)}
    posts = [
        wxr_item(names[name], body, wp__post_id=str(n))
        for n, (name, (body, _)) in enumerate(BODIES.items())
    ]
    found = place.run("wordpress", wxr(*posts, wxr_item("a", "x")))
    made = {name: place.body(f"-{names[name]}.md") for name in BODIES}
    assert made == {
        name: made[name] if want is None else want for name, (_, want) in BODIES.items()
    }
    assert found["parity"]["reasons"] == {}
    assert place.problems() == []
    page = (place.built() / f"2026/01/{names['text is no markup']}/index.html").read_text("utf-8")
    assert "5 * 3 * 2 and _x_ [y] &lt;b&gt; {{&lt; z &gt;}}" in page


def test_galleries(place: ImportSite) -> None:
    """A gallery shows the images that it names, or those of its post, with their captions."""
    first = wxr_item("one", '[gallery ids="8,7"]')
    own = wxr_item("two", "[gallery]", wp__post_id="99")
    files = [
        attachment(7, "a.jpg", alt="A"),
        attachment(8, "b.jpg", caption="B"),
        attachment(9, "c.jpg", "99"),
    ]
    place.run("wordpress", wxr(first, own, *files))
    body = place.body("-one")
    assert body.startswith('<div class="gallery"><figure>')
    assert body.index("b.jpg") < body.index("a.jpg")
    assert "<figcaption>B</figcaption>" in body
    assert "c.jpg" in place.body("-two")


def test_an_unknown_shortcode_stays_and_is_reported(place: ImportSite) -> None:
    """Words in brackets are not shortcodes; a plugin's shortcode stays as visible text with a
    problem.
    """
    body = '[contact-form id="3"] and [sic] and [1] and [box]in[/box]'
    found = place.run("wordpress", wxr(wxr_item("one", body)))
    told = [(one["code"], one["message"].split("]")[0]) for one in found["problems"]]
    assert told == [
        ("unknown-shortcode", "the shortcode [contact-form"),
        ("unknown-shortcode", "the shortcode [box"),
    ]
    assert "contact-form" in place.body("-one")


def test_what_plugins_add(place: ImportSite) -> None:
    """Several authors are kept, synced blocks are shown, and items of other types are reported."""
    more = (
        '<category domain="author" nicename="cap-ann"><![CDATA[Ann Low]]></category>'
        '<category domain="author" nicename="cap-bo"><![CDATA[Bo High]]></category>'
        '<category domain="region" nicename="north"><![CDATA[North]]></category>'
    )
    body = '<!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /-->'
    block = wxr_item("block", "<p>Synced.</p>", wp__post_type="wp_block", wp__post_id="7")
    event = wxr_item("event", "x", wp__post_type="event")
    found = place.run("wordpress", wxr(wxr_item("one", body, more), block, event))
    assert place.front("-one")["authors"] == ["Ann Low", "Bo High"]
    assert place.body("-one") == "A\n\nSynced."
    told = [one["message"] for one in found["problems"] if one["code"] == "not-imported"]
    assert told == [
        "terms of region are not imported: 1",
        "items of type event are not imported: 1",
    ]


def test_a_second_run_changes_only_what_changed(place: ImportSite) -> None:
    """Changed posts are written again; edited and deleted files stay."""
    names = ["a1", "b2", "c3", "d4"]
    place.run("wordpress", wxr(*(wxr_item(name, "one") for name in names)))
    again = place.run("wordpress", wxr(*(wxr_item(name, "one") for name in names)))
    assert (again["unchanged"], again["new"], again["updated"]) == (4, 0, 0)
    folder = place.root / "content/2026"
    edited = folder / "2026-01-30-b2.md"
    edited.write_text(edited.read_text() + "Mine.\n")
    (folder / "2026-01-30-c3.md").unlink()
    changed = wxr(*(wxr_item(name, "one" if name == "d4" else "two") for name in names))
    found = place.run("wordpress", changed)
    assert (found["updated"], found["kept"], found["unchanged"]) == (1, 2, 1)
    assert "two" in place.body("a1")
    assert edited.read_text().endswith("Mine.\n")
    assert not (folder / "2026-01-30-c3.md").exists()


@pytest.mark.parametrize("moment", range(1, 12, 2))
def test_a_killed_import_continues(place: ImportSite, moment: int) -> None:
    """After a kill at any change of a file, the next run ends like an undisturbed one."""
    text = wxr(*(wxr_item(name, "one") for name in ("a", "b", "c")))
    export = place.root.parent / "export.xml"
    export.write_text(text)
    where = {"KILL_AT": str(moment), "KILL_BELOW": str((place.root / "content").resolve())}
    place.run("wordpress", wxr())
    words = ("import", "wordpress", export, "--no-fetch", "-q")
    newsgen(*words, cwd=place.root, before="killed:at_change", env=where)
    found = place.run("wordpress", text)
    assert found["unchanged"] + found["new"] == 3
    files = sorted(path.name for path in (place.root / "content").rglob("*"))
    assert files == ["2026", *(f"2026-01-30-{name}.md" for name in "abc")]


def test_a_dry_run_writes_nothing(place: ImportSite) -> None:
    """It reports what an import would do, also in an empty folder."""
    found = place.run("wordpress", wxr(wxr_item("one", "Text.")), "--dry-run")
    assert (found["new"], found["parity"]["equal"]["address"]) == (1, 1)
    assert list(place.root.iterdir()) == []


def test_a_large_import_leaves_addresses_to_another_command(place: ImportSite) -> None:
    """With more posts than one run plans, everything is written and downloaded, and a problem names
    the remaining step.
    """
    export = place.root / "export.xml"
    settings = "title: T\nurl: https://t.example\nnetwork: {private: [127.0.0.1]}\n"
    (place.root / "newsgen.yaml").write_text(settings)
    config = load_config(place.root)
    with Server({"/a.png": sending_image(plain((9, 9, 9)))}).running() as host:
        export.write_text(
            wxr(wxr_item("one", f'<img src="{host.url}/a.png">'), wxr_item("two", "x"))
        )
        for planned, codes in ((1, ["large-import"]), (2, [])):
            found = import_export(config, read_wordpress(export), ImportOptions(planned=planned))
            assert [one.code for one in found.problems] == codes
            assert found.parity.score == 100
            assert len(list((place.root / "media").glob("*/*.png"))) == 1


def test_a_copy_of_the_uploads(place: ImportSite, tmp_path: Path) -> None:
    """Files of `--media` keep their addresses; resized copies become originals; nothing outside the
    folder is read."""
    uploads = tmp_path / "uploads"
    (uploads / "2026/01").mkdir(parents=True)
    (uploads / "2026/01/tide.jpg").write_bytes(plain((9, 9, 9)))
    (uploads / "2026/01/map.pdf").write_bytes(b"%PDF-")
    (tmp_path / "secret.jpg").write_bytes(b"no")
    at = f"{OLD}/wp-content/uploads"
    body = (
        f'<img src="{at}/2026/01/tide-300x200.jpg" alt="t"> <a href="{at}/2026/01/map.pdf">map</a> '
        f'<img src="{at}/../../../secret.jpg"> <img src="{at}/2026/01/none.jpg">'
    )
    export = wxr(wxr_item("one", body), attachment(7, "tide.jpg"))
    found = place.run("wordpress", export, "--media", uploads)
    static = place.root / "static"
    copied = {path.relative_to(static).as_posix() for path in static.rglob("*.*")}
    assert copied == {"wp-content/uploads/2026/01/tide.jpg", "wp-content/uploads/2026/01/map.pdf"}
    assert "![t](/wp-content/uploads/2026/01/tide.jpg)" in place.body("-one")
    assert "[map](/wp-content/uploads/2026/01/map.pdf)" in place.body("-one")
    assert found["copied"] == 2
    assert "media-not-fetched" in found["parity"]["reasons"]


def sending_image(photo: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with an image."""

    def image(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(photo)))
        request.end_headers()
        request.wfile.write(photo)

    return image


def test_images_are_downloaded(place: ImportSite) -> None:
    """Without a copy of the uploads, images are downloaded, and failures are in the report."""
    image = sending_image(plain((9, 9, 9)))
    with Server({"/wp-content/uploads/a.png": image}).running() as host:
        at = f"{host.url}/wp-content/uploads"
        posts = [wxr_item(name, f'<img src="{at}/{name}.png">') for name in ("a", "b")]
        settings = "title: T\nurl: https://old.example\nnetwork: {private: [127.0.0.1]}\n"
        (place.root / "newsgen.yaml").write_text(settings)
        (place.root / "export.xml").write_text(wxr(*posts))
        done = newsgen("import", "wordpress", "export.xml", "--json", cwd=place.root)
    found = json.loads(done.stdout)
    assert found["parity"]["reasons"] == {"media-not-fetched": 1}
    assert [one["code"] for one in found["problems"]] == ["no-picture"]
    assert len(list((place.root / "media").glob("*/*.png"))) == 1
    page = (place.built() / "2026/01/a/index.html").read_text("utf-8")
    assert host.url.removeprefix("http") not in page, "the page shows the copy"


def test_addresses_that_cannot_stay(place: ImportSite) -> None:
    """Every difference has a reason: an address without a path, a taken address, no title."""
    found = place.run(
        "wordpress",
        wxr(
            wxr_item("one", "x", link=f"{OLD}/?p=1"),
            wxr_item("two", "x", link=f"{OLD}/same/"),
            wxr_item("three", "x", link=f"{OLD}/same/"),
            wxr_item("four", "Some words here", title=""),
            wxr_item("five", "x", link=f"{OLD}/über/Öl/", wp__post_type="page"),
        ),
    )
    assert found["parity"]["reasons"] == {"no-path": 1, "address-taken": 1, "no-title": 1}
    assert place.front("four")["title"] == "Some words here"
    site = place.built()
    assert "/uber/ol/" in (site / "über/Öl/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<html></html>",
        "<rss><channel><title>A feed</title></channel></rss>",
        "\x00\x01",
    ],
)
def test_a_file_that_is_no_export(place: ImportSite, text: str) -> None:
    """For a file that is not an export, the command ends with 2 and the reason, and writes
    nothing.
    """
    found = place.run("wordpress", text, code=2)
    assert found["problems"][0]["code"] == "bad-export"
    assert list(place.root.iterdir()) == []


def test_entities_are_not_resolved(place: ImportSite, tmp_path: Path) -> None:
    """An export that declares entities is refused, because they could name files or expand without
    limit.
    """
    (tmp_path / "secret").write_text("harbour-key")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "x" * 50}">' for n in range(9))
    kinds = f'<!DOCTYPE rss [<!ENTITY file SYSTEM "file://{tmp_path}/secret">{bomb}]>'
    text = wxr(wxr_item("one", "Text.").replace("Story", "]]>&file;&e8;<![CDATA[Story"))
    found = place.run("wordpress", text.replace("<rss", kinds + "<rss", 1), code=2)
    assert "it declares a document type" in found["problems"][0]["message"]
    assert list(place.root.iterdir()) == []


def test_a_damaged_export_is_read_as_far_as_possible(place: ImportSite) -> None:
    """With control characters and a missing end, all readable items are imported, and the damage is
    reported.
    """
    text = wxr(wxr_item("one", "a\x0bb"), wxr_item("two", "Text."))
    found = place.run("wordpress", text.removesuffix("</channel></rss>"))
    assert (found["posts"], found["problems"][0]["code"]) == (2, "damaged-export")
    assert "line 1" in found["problems"][0]["message"]


@pytest.mark.skipif(not SHARED.exists(), reason="there is no folder ../shared")
def test_the_theme_unit_test_of_wordpress(place: ImportSite) -> None:
    """All addresses, dates, authors and words of WordPress' own test content are kept."""
    text = (SHARED / "wordpress-theme-unit-test.xml").read_text("utf-8")
    found = place.run("wordpress", text)
    parity = found["parity"]
    assert parity["equal"] == dict.fromkeys(parity["equal"], parity["compared"]) | {
        "title": parity["compared"] - 1
    }
    assert parity["reasons"] == {"no-title": 1}
    assert found["withheld"] == {"draft": 1, "scheduled": 1, "password": 1}
    assert place.problems() == []
