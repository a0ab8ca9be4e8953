"""Share links, profiles, and the text files at fixed addresses."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from lxml import html

from support import SmallSite

SECURITY = {
    "contact": ["mailto:security@wire.example", "https://wire.example/report/"],
    "expires": "2026-02-28",
    "policy": "https://wire.example/policy/",
    "languages": ["en", "de"],
}


def test_the_files_say_what_the_settings_say(site: SmallSite) -> None:
    """security.txt has the fields of RFC 9116, ads.txt its lines, humans.txt its text. Without the
    settings there are no files, and a static file replaces one.
    """
    site.build()
    assert not {".well-known/security.txt", "humans.txt", "ads.txt"} & site.tree().keys()
    ads = ["# Ours", "ads.example, pub-1234, DIRECT, f08c47fec0", "OWNERDOMAIN=wire.example"]
    site.settings(security=SECURITY, humans="Editor: Ann <ann@wire.example>\n", ads=ads)
    site.write("static/humans.txt", "ours")
    assert not site.build().problems
    assert site.page(".well-known/security.txt").splitlines() == [
        "Contact: mailto:security@wire.example",
        "Contact: https://wire.example/report/",
        "Expires: 2026-02-28T23:59:59Z",
        "Policy: https://wire.example/policy/",
        "Preferred-Languages: en, de",
        "Canonical: https://wire.example/.well-known/security.txt",
    ]
    assert site.page("ads.txt").splitlines() == ads
    assert site.page("humans.txt") == "ours"
    (site.root / "static/humans.txt").unlink()
    site.build()
    assert site.page("humans.txt") == "Editor: Ann <ann@wire.example>\n"


def test_an_expired_security_txt_is_told(site: SmallSite) -> None:
    """The warning appears by time alone, in the next build after the file's last second."""
    site.settings(security=SECURITY)
    assert not site.build(as_of=datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)).problems
    (problem,) = site.build(as_of=datetime(2026, 3, 1, tzinfo=UTC)).problems
    assert problem.code == "security-txt-expired"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("security={contact: [mailto:a@b.c]}", "security has a contact and no day"),
        ("security={contact: [mailto:a@b.c], expires: 2026-02-30}", "is not a day"),
        ("security={contact: [a@b.c], expires: 2026-02-28}", "is not a contact"),
        ("ads=[ads.example pub-1]", "is not a line of ads.txt"),
        ("share=[facebok]", "did you mean facebook?"),
        ("share=[{name: A, url: 'https://a.example/'}]", "is not an address with {url}"),
        ("share=[{name: A, url: 'javascript:{url}'}]", "is not an address with {url}"),
        ("share=[3]", "does not know 3"),
        ("profiles=[{name: A, url: /a}]", "is not an absolute address"),
    ],
)
def test_wrong_values_are_told(site: SmallSite, setting: str, told: str) -> None:
    """A value that would make an invalid file or link ends the command with the reason."""
    done = site.run("config", "--set", setting)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_stories_are_shared_by_plain_links(site: SmallSite) -> None:
    """Titles are encoded, so none changes the address; without the setting there are no links, and
    the row has no script.
    """
    site.article("odd", title="A & B: 100 % #1 “sure”?")
    site.build()
    assert "share" not in site.page("/news/odd/")
    own = {"name": "Mastodon", "url": "https://social.example/share?text={title}%20{url}"}
    site.settings(
        share=["email", "x", own], profiles=[{"name": "M", "url": "https://m.example/@w"}]
    )
    site.build()
    page = html.fromstring(site.page("/news/odd/"))
    title = "A%20%26%20B%3A%20100%20%25%20%231%20%E2%80%9Csure%E2%80%9D%3F"
    link = "https%3A%2F%2Fwire.example%2Fnews%2Fodd%2F"
    row = page.xpath("//nav[@class='share']//a")
    assert [(one.text, one.get("href")) for one in row] == [
        ("Email", f"mailto:?subject={title}&body={link}"),
        ("X", f"https://x.com/intent/post?text={title}&url={link}"),
        ("Mastodon", f"https://social.example/share?text={title}%20{link}"),
    ]
    (me,) = page.xpath("//footer//a[contains(@rel, 'me')]/@href")
    assert me == "https://m.example/@w"
    front = html.fromstring(site.page("/"))
    nodes = [json.loads(one) for one in front.xpath("//script/text()")]
    assert [node["sameAs"] for node in nodes if "sameAs" in node] == [[me]]
