"""Bad articles and the real command: each mistake is reported, other articles are published.

Reports name the place, and nothing unsafe or secret gets into the output.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import feedparser
from lxml import etree, html

from links import WrittenSite
from support import SmallSite

AT = ("--as-of", "2026-01-31T12:00")
DATE = b"publishedDateTime: 2026-01-30T08:00:00Z\n"
SECRET = "QUJDREVGR0hJSktMTU5P;UFFSU1RVVldYWVoxMjM0"


def built(site: SmallSite, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Build, and check the exit code and that there is no traceback."""
    done = site.run("build", *AT, "-v", *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def article(front: bytes, body: bytes = b"") -> bytes:
    return b"---\n" + front + b"---\n" + body


ANCHORS = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{name}: &{name} [{', '.join(['*' + chr(ord(name) - 1)] * 10)}]\n".encode()
    for name in "bcdefghi"
)
LEFT_OUT = {
    "malformed YAML": (
        article(b"title: T\n" + DATE + b'excerpt: "open\n'),
        "5:1: error: found unexpected end of stream [malformed-yaml]",
    ),
    "a tab": (article(b"title: T\n" + DATE + b"provider:\n\tname: P\n"), "5:1: error: "),
    "an empty title": (
        article(b"title: '\xe2\x80\x8b'\n" + DATE),
        "2:8: error: the article has no title [missing-title]",
    ),
    "a title of another type": (
        article(b"title: [a, b]\n" + DATE),
        "2:8: error: the article has no title [missing-title]",
    ),
    "no date of expiry": (
        article(b"title: T\nexpires: never\n" + DATE),
        "3:10: warning: 'never' is not a date",
    ),
    "no date": (
        article(b"title: T\n"),
        "2:1: error: the article has no publishedDateTime [missing-date]",
    ),
    "30 February": (
        article(b"title: T\npublishedDateTime: 2026-02-30\n"),
        "3:20: error: '2026-02-30' is a date that does not exist [bad-date]",
    ),
    "year 0": (
        article(b"title: T\npublishedDateTime: 0000-01-01\n"),
        "3:20: error: '0000-01-01' is a date that does not exist [bad-date]",
    ),
    "a date that is none": (
        article(b"title: T\npublishedDateTime: teatime\n"),
        "3:20: error: 'teatime' is not a date",
    ),
    "a date that is a list": (
        article(b"title: T\npublishedDateTime: [2026-01-30]\n"),
        "3:20: error: ",
    ),
    "an anchor bomb": (article(b"title: T\n" + DATE + ANCHORS), "[too-many-aliases]"),
    "an anchor in itself": (
        article(b"title: T\n" + DATE + b"related: &a [*a]\n"),
        "[nested-too-deep]",
    ),
    "deep nesting": (
        article(b"title: T\n" + DATE + b"x: " + b"[" * 900 + b"]" * 900 + b"\n"),
        "4:103: error: it is nested more than 100 levels",
    ),
    "10 MB of front matter": (
        article(b"title: T\n" + DATE + b"excerpt: " + b"x " * 5_000_000 + b"\n"),
        "[front-matter-too-large]",
    ),
    "never closed": (
        b"---\ntitle: T\n" + DATE,
        "2:1: error: the front matter is not closed by a line with --- [unclosed-front-matter]",
    ),
    "half of a surrogate pair": (
        article(b'title: "\\ud800 T"\n' + DATE),
        "error: found invalid Unicode character escape code [malformed-yaml]",
    ),
    "a list": (
        article(b"- a\n- b\n"),
        "2:1: error: the front matter is not a mapping of fields [not-a-mapping]",
    ),
    "empty": (b"", "1:1: warning: the file is empty; it is ignored [empty-file]"),
    "white space": (b"\n \n", "1:1: warning: the file is empty; it is ignored [empty-file]"),
    "prose": (
        b"Once upon a time\n",
        "1:1: warning: the file has no front matter; it is ignored [no-front-matter]",
    ),
    "UTF-16": ("---\ntitle: T\n---\n".encode("utf-16"), "1:1: warning: "),
    "bytes": (bytes(range(256)), "1:1: warning: "),
}
KEPT = {
    "a body nested too deep": (
        article(b"title: T\n" + DATE, b"\n".join(b"    " * i + b"- x" for i in range(400))),
        "T",
        "[over-budget]",
    ),
    "a number where text is due": (article(b"title: 2026\n" + DATE), "2026", ""),
    "a list where text is due": (
        article(b"title: T\nexcerpt: [a]\n" + DATE),
        "T",
        "3:10: warning: is a list or a mapping instead of text [wrong-type]",
    ),
    "text where a list is due": (
        article(b"title: T\nrelated: some\nimages: 5\nprovider: P\n" + DATE),
        "T",
        "[wrong-type]",
    ),
    "text where a number is due": (
        article(b"title: T\nquality: high\n" + DATE),
        "T",
        "3:10: warning: 'high' is not a whole number [wrong-type]",
    ),
    "a number too large": (
        article(b"title: T\nheat: 1" + b"0" * 5000 + b"\n" + DATE),
        "T",
        "3:7: warning: is too large a number [wrong-type]",
    ),
    "a tag": (article(b"title: !!python/object:os.system T\n? [a]\n: b\n" + DATE), "T", ""),
    "a duplicate key": (
        article(b"title: Old\ntitle: T\n" + DATE),
        "T",
        "3:8: warning: the key occurs twice; the last one counts [duplicate-key]",
    ),
    "a colon": (
        article(b"title: DM: T\n" + DATE),
        "DM: T",
        "2:8: warning: a value that contains a colon is read as text [colon-in-scalar]",
    ),
    "NUL": (
        article(b"title: T\0T\n" + DATE),
        "TT",
        "1:1: warning: 1 control character left out, which YAML does not allow [control-character]",
    ),
    "Latin-1": (
        article(b"title: Caf\xe9\n" + DATE),
        "Café",
        "1:1: warning: the file is not UTF-8; it is read as Windows-1252 [not-utf-8]",
    ),
    "a lone surrogate": (
        article(b"title: T \xed\xa0\x80\n" + DATE),
        "T í\xa0€".replace("\xa0", " "),
        "[not-utf-8]",
    ),
    "the first year": (article(b"title: T\npublishedDateTime: 0002-01-01\n"), "T", ""),
    "another end of the line": (article(b"title: T\r\n" + DATE.replace(b"\n", b"\r")), "T", ""),
    "an update of no date": (
        article(b"title: T\nupdated: soon\n" + DATE),
        "T",
        "3:10: warning: 'soon' is not a date",
    ),
    "a page of a megabyte": (
        article(b"title: T\n" + DATE, b"word " * 200_000),
        "T",
        "1:1: warning: the body exceeds the budget",
    ),
}


def test_what_cannot_be_read_is_left_out_and_told(site: SmallSite) -> None:
    """Each unreadable article is reported with its place and left out alone.

    With --strict the build exits with 1.
    """
    for kind, (data, _) in LEFT_OUT.items():
        site.write(f"content/{kind}.md", data)
    done = built(site)
    assert "2 articles" in done.stderr
    for kind, (_, words) in LEFT_OUT.items():
        told = [line for line in done.stderr.splitlines() if line.startswith(f"content/{kind}.md:")]
        assert [line for line in told if words in line], (kind, told)
        assert [line for line in told if re.match(r"[^:]*:\d+:\d+: (error|warning): ", line)], (
            kind,
            told,
        )
    assert {path.split("/")[1] for path in site.tree() if path.startswith("news/")} == {
        "index.html",
        "one",
        "two",
    }
    built(site, "--strict", code=1)


def test_what_can_be_read_is_kept_and_told(site: SmallSite) -> None:
    """Each readable article has a page with the intended title. Only real mistakes are reported."""
    for kind, (data, _, _) in KEPT.items():
        site.write(f"content/{kind.replace(' ', '-')}.md", data)
    done = built(site)
    assert f"{len(KEPT) + 2} articles" in done.stderr
    for kind, (_, title, words) in KEPT.items():
        name = kind.replace(" ", "-")
        assert (
            html.fromstring(site.page(f"/news/{name}/")).xpath("string(//h1)").split()
            == title.split()
        ), kind
        told = [line for line in done.stderr.splitlines() if line.startswith(f"content/{name}.md:")]
        assert [line for line in told if words in line] if words else not told, (kind, told)


def test_two_articles_on_one_route(site: SmallSite) -> None:
    """The later article gets a number and is reported, and both have a page.

    Taken numbers are skipped.
    """
    site.article("deeper/two", title="Story later", publishedDateTime="2026-01-30T09:00:00Z")
    site.article("two-2", title="Story numbered")
    assert "content/deeper/two.md" in built(site).stderr
    pages = {path: site.page("/" + path) for path in site.tree() if path.startswith("news/two")}
    titles = [re.search(r"<h1[^>]*>([^<]*)", text) for text in pages.values()]
    assert {found[1].strip() for found in titles if found} == {
        "Story two",
        "Story later",
        "Story numbered",
    }


def test_names_that_lead_elsewhere_stay_in_the_output(site: SmallSite) -> None:
    """All written files lie in the output, whatever the fields of an article say.

    The fields are slug, category, topic, tag, author, source, alias and layout. No path is odd, and
    no file has the path of a folder.
    """
    site.settings(permalinks={"article": "/{category}/{slug}/"})
    names = [
        "../../up",
        "/etc/passwd",
        "..",
        ".",
        "a/../../b",
        "..%2f..%2fup",
        "\\..\\up",
        "_redirects",
        "index.html",
        "c\x01",
        "feed.xml",
        "page/1",
    ]
    for i, name in enumerate(names):
        lists = {
            "topics": [name],
            "tags": [name],
            "authors": [name],
            "aliases": [name, f"/{name}/", f"/topics/{name}/x/"],
        }
        site.article(
            f"odd-{i}",
            slug=name,
            category=name,
            **lists,
            webUrl=None,
            provider={"name": name, "domain": name},
        )
        site.page_file(f"odd-{i}", layout=name)
    before = set(site.root.parent.rglob("*"))
    done = built(site, "--cache", str(site.root.parent / "cache"))
    assert f"{len(names) + 2} articles" in done.stderr
    new = set(site.root.parent.rglob("*")) - before
    assert {
        path for path in new if site.output not in path.parents and "cache" not in path.parts
    } == {site.output}
    assert all(re.fullmatch(r"[\w.\-/]+", path) and ".." not in path for path in site.tree())
    assert "the list “feed.xml” wants the route /sources/feed.xml/" in done.stderr


SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\tscript:alert(1)",
    "&#106;avascript:alert(1)",
    "java\u200bscript:alert(1)",
]
SCHEMES += [
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//javascript:alert(1)",
    "https:javascript:alert(1)",
]


def attributes(tree: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield each attribute that holds a URL: page, attribute, URL."""
    for path, data in tree.items():
        if path.endswith(".html"):
            for element in html.fromstring(data).iter(etree.Element):
                for name in (
                    "href",
                    "src",
                    "srcset",
                    "action",
                    "formaction",
                    "poster",
                    "data-src",
                    "data-embed",
                    "cite",
                ):
                    if element.get(name):
                        yield path, name, element.get(name)


def runs(url: str) -> bool:
    """Return whether a browser would see another scheme in a URL.

    Browsers drop tabs and line breaks in URLs.
    """
    found = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.sub(r"[\t\r\n]", "", url), re.I)
    return found is not None and found[1].lower() not in ("http", "https", "mailto")


def test_no_address_runs_anything(site: SmallSite) -> None:
    """No page, feed or machine-readable file has a URL with a scheme other than http and https.

    This holds for every field.
    """
    for i, url in enumerate(SCHEMES):
        picture = [{"url": url, "width": 10, "height": 10}]
        provider = {"name": f"P{i}", "domain": url, "images": picture}
        related = [{"title": "Another", "webUrl": url, "images": picture, "provider": provider}]
        frame = f'<iframe src="{url}"></iframe>'
        body = (
            f'[a]({url}) <{url}> ![b]({url})\n\n<a href="{url}">c</a> <img src="{url}"> '
            f"{frame}\n\n[d]: {url}\n\n[d]\n"
        )
        addresses = dict.fromkeys(("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl"), url)
        site.article(
            f"odd-{i}",
            body,
            excerpt="In short.",  # else the body's text, with the addresses as text, is in feeds
            **addresses,
            images=picture,
            related=related,
            provider=provider,
            featuredContent=frame,
            aliases=[url],
        )
        site.page_file(f"odd-{i}", body, aliases=[url])
        site.write(
            f"_data/organizations/{i}.yaml", json.dumps({"name": f"P{i}", "images": picture})
        )
    assert f"{len(SCHEMES) + 2} articles" in built(site).stderr
    tree = site.tree()
    found = list(attributes(tree))
    assert len(found) > 1000
    assert [one for one in found if runs(one[2])] == []
    for path, data in tree.items():
        if path.endswith((".xml", ".json", ".txt")) or path.startswith("_"):
            assert not re.search(
                rb"(?:javascript|vbscript|data|file):\S*(?:alert|passwd|x$)", data, re.I
            ), path


HOSTILE = (
    "<script>alert('x')</script></script>]]>--><img src=x onerror=alert(2)>{{ 7 * '7' "
    "}}{% raise %}{# x #}\" ' & &lt;"
)
SHOWN = (
    "<script>alert('x')</script></script>]]>--><img src=x onerror=alert(2)>{{ 7 * '7' "
    "}}{% raise %}{# x #}\" ' & <"
)


def test_markup_in_every_field_is_text(site: SmallSite) -> None:
    """Scripts, comments, CDATA ends and template syntax in any field are shown as text.

    This holds in pages, JSON-LD and feeds.
    """
    site.settings(title=HOSTILE, description=HOSTILE)
    picture = [{"url": "https://paper.example/a.jpg", "title": HOSTILE}]
    provider = {"name": HOSTILE, "images": picture}
    texts = dict.fromkeys(("title", "excerpt", "category", "slug", "featuredContent"), HOSTILE)
    lists: dict[str, Any] = {"topics": [HOSTILE], "tags": [HOSTILE], "authors": [HOSTILE]}
    related = [
        {
            "title": HOSTILE + " 2",
            "excerpt": HOSTILE + " 3",
            "provider": provider,
            "images": picture,
        }
    ]
    more = {
        "images": picture,
        "related": related,
        "provider": provider,
        "webUrl": f"https://paper.example/{HOSTILE}",
    }
    corrections = [{"date": "2026-01-30", "text": HOSTILE}]
    site.article(
        "odd",
        HOSTILE,
        **texts,
        **lists,
        **more,
        corrections=corrections,
        updated="2026-01-30T09:00:00Z",
        aliases=[HOSTILE],
    )
    site.page_file("about", HOSTILE, title=HOSTILE, excerpt=HOSTILE, menu=True)
    built(site)
    tree = site.tree()
    # Category and slug decide the address.
    odd = next(path for path in tree if re.fullmatch("script[^/]+/script[^/]+/index.html", path))
    assert html.fromstring(tree[odd]).xpath("string(//h1)").strip() == SHOWN
    for path, data in tree.items():
        assert b"7777777" not in data, path
        if path.endswith(".html"):
            page = html.document_fromstring(data)
            scripts = [
                element.text_content()
                for element in page.iter("script")
                if element.get("type") != "application/ld+json"
            ]
            assert not [script for script in scripts if "alert" in script], path
            assert not page.xpath("//*[@onerror]"), path
            for element in page.xpath("//script[@type='application/ld+json']"):
                json.loads(element.text)
        elif path.endswith((".json", ".webmanifest")):
            json.loads(data)
        elif path.endswith((".xml", ".svg")):
            etree.fromstring(data)
    ld = json.loads(
        html.fromstring(tree[odd]).xpath("//script[@type='application/ld+json']")[0].text
    )
    assert SHOWN in json.dumps(ld, ensure_ascii=False).replace('\\"', '"')
    titles = {
        entry.title_detail.value
        for name in ("feed.xml", "atom.xml")
        for entry in feedparser.parse(tree[name]).entries
    }
    assert any("alert('x')" in title for title in titles)
    assert [
        item["title"] for item in json.loads(tree["feed.json"])["items"] if "alert" in item["title"]
    ] == [SHOWN]
    xml = etree.fromstring(tree["feed.xml"])
    assert SHOWN in [element.text for element in xml.iterfind(".//item/title")]


FLAG = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
FAMILY = "👩\u200d👩\u200d👧 e" + "\u0301" * 30
LETTERS = {
    "A \u202etxt.exe\u202c \u2066in\u2069": "A txt.exe in",
    f"海岸警卫队 🌊{FLAG}": f"海岸警卫队 🌊{FLAG}",
    "عاجل: السدود صامدة": "عاجل: السدود صامدة",
    FAMILY: FAMILY,
    "\U000e0041\U000e0042 tags \ufdd0\uffff": "tags",
    "\x85\u2028\u2029 x": "x",
}


def test_letters_of_the_world(site: SmallSite) -> None:
    """Direction controls are removed, and letters of all scripts stay.

    This holds for titles, topics, tags, authors, sources and file names.
    """
    for i, title in enumerate(LETTERS):
        site.article(
            f"odd-{i}",
            title=title,
            topics=[title],
            tags=[title],
            authors=[title],
            provider={"name": title},
            webUrl=None,
        )
        name = re.sub(
            r"[\x00-\x20/\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0\uffff]", "", title
        )[:40]
        site.article(f"file-{i}-{name}", title="Named so")
    done = built(site, "--verify")
    assert "the same as a clean build" in done.stderr
    assert f"{2 * len(LETTERS) + 2} articles" in done.stderr
    for i, shown in enumerate(LETTERS.values()):
        page = html.fromstring(
            site.page(f"/news/odd-{i}/"), parser=html.HTMLParser(encoding="utf-8")
        )
        assert page.xpath("string(//h1)").strip() == shown
        assert shown in {" ".join(text.split()) for text in page.xpath("//a//text()")}
    assert WrittenSite(site.output, "https://wire.example").broken() == []


def test_a_secret_stays_where_the_front_matter_is_broken(site: SmallSite) -> None:
    """A value of `secured` in broken front matter is reported, and written nowhere.

    A stray quote or a line of dashes makes it a part of the body or of a title.
    """
    breaks = {
        "closed early": f"---\ntitle: T\n{DATE.decode()}---\nexcerpt: x\nsecured: {SECRET}\n---\n",
        "unclosed quote": f'---\n{DATE.decode()}title: "T\nsecured: {SECRET}\nx: "\n---\n',
        "in a folded text": f"---\n{DATE.decode()}title: >\n  T\n  secured: {SECRET}\n---\n",
        "malformed": f"---\ntitle: T\n{DATE.decode()}secured: {SECRET}: {SECRET}\n  x: [\n---\n",
        "never closed": f"---\ntitle: T\n{DATE.decode()}'secured': \"{SECRET}\"\n",
        "no front matter": f"secured: {SECRET}\n",
    }
    for name, text in breaks.items():
        site.write(f"content/{name}.md", text)
    said = [built(site).stderr, built(site, "--json").stdout]
    said += [site.run(*command).stdout for command in (["status", "--json", "-v"], ["why", "/"])]
    files = [
        file
        for folder in (site.output, site.root / ".newsgen")
        for file in folder.rglob("*")
        if file.is_file()
    ]
    assert len(files) > 10
    for half in SECRET.split(";"):
        assert not [text for text in said if half in text]
        assert not [file for file in files if half.encode() in file.read_bytes()]
