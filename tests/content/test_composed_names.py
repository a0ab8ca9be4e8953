"""File names in any Unicode form: the site uses composed names (NFC), and references find the
files.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest

from newsgen.content.urls import body_link, composed_url, safe_image_url
from photos import plain
from support import SmallSite

NFC, NFD = (unicodedata.normalize(form, "brücke") for form in ("NFC", "NFD"))


@pytest.mark.parametrize("on_disk", [NFC, NFD])
@pytest.mark.parametrize("named", [NFC, NFD, quote(NFD).lower()])
def test_a_file_is_found_in_any_form(site: SmallSite, on_disk: str, named: str) -> None:
    """An image in the static folder, one beside the article, and a link in a body find the file on
    disk.
    """
    site.settings(images={"avif": False})
    image = plain((200, 20, 30), 20, 10)
    site.write(f"static/{on_disk}/{on_disk}.png", image)
    site.write(f"static/{on_disk}.pdf", "a file")
    site.write(f"content/{on_disk}/{on_disk}.png", image)
    site.article(
        f"{on_disk}/there",
        images=[{"url": f"{named}.png"}],
        body=f"[a](/{named}.pdf) ![b](/{named}/{named}.png)\n",
    )
    site.article("root", images=[{"url": f"/{named}/{named}.png"}])
    assert [(problem.code, problem.message) for problem in site.build().problems] == []
    assert f"{NFC}.pdf" in site.tree()
    pages = site.page("/news/there/") + site.page("/news/root/")
    assert f'href="/{quote(NFC)}.pdf"' in pages or f'href="/{NFC}.pdf"' in pages
    assert pages.count("<picture") >= 3
    assert unicodedata.is_normalized("NFC", "".join(site.tree()))


def test_settings_data_and_templates_find_files_too(site: SmallSite) -> None:
    """The icon, a publisher's logo, a page of the menu and an asset of a template are found if the
    disk has another form.
    """
    site.settings(icon=f"{NFC}.png", menu=[NFC])
    image = plain((200, 20, 30), 20, 10)
    site.write(f"static/{NFD}.png", image)
    site.write(f"static/{NFD}.css", "p { color: red }")
    site.write(
        "_data/organizations.yaml",
        f"- domain: paper.example\n  name: Paper\n  images: [/{NFC}.png]\n",
    )
    site.write("templates/404.html", f"{{{{ '{NFC}.css'|asset }}}}")
    site.page_file(NFD, title="Bridge")
    assert [(problem.code, problem.message) for problem in site.build().problems] == []
    assert site.page("/404.html").startswith(f"/{quote(NFC)}.")
    assert "Bridge" in site.page("/")


def test_two_forms_of_one_name(site: SmallSite) -> None:
    """If the disk has both forms of a name, the composed one is published and the other
    reported.
    """
    site.write(f"static/{NFD}.txt", "decomposed")
    site.write(f"static/{NFC}.txt", "composed")
    if len(list(Path(site.root, "static").iterdir())) == 1:
        pytest.skip("this file system keeps one form")
    result = site.build()
    assert [problem.code for problem in result.problems] == ["file-name"]
    assert site.page(f"/{NFC}.txt") == "composed"


def test_other_sites_addresses_stay() -> None:
    """Only addresses within the site are changed."""
    url = f"https://x.example/{quote(NFD)}.jpg"
    assert body_link(url).url == url
    assert safe_image_url(url, lambda code: None) == url
    assert (
        composed_url(f"/a%2Fb/{quote(NFD)}%FF?q={NFD}#{NFD}")
        == f"/a%2Fb/{quote(NFC)}%FF?q={NFD}#{NFD}"
    )


@pytest.mark.parametrize("on_disk", [NFC, NFD])
def test_links_by_source_file_are_found_in_any_form(site: SmallSite, on_disk: str) -> None:
    """A link to a source file, a file in a bundle, and an alias have composed addresses."""
    site.article(f"{on_disk}/{on_disk}", f"[a]({NFD}.pdf) [b]({NFC}-2.md)", slug="first")
    site.article(f"{on_disk}/{on_disk}-2", f"[a]({NFD}.md)", slug="second", aliases=[f"/{NFD}/"])
    site.article(f"{on_disk}/tide/index", f"[a]({NFC}.pdf)")
    for folder in ("", "tide/"):
        site.write(f"content/{on_disk}/{folder}{on_disk}.pdf", "%PDF")
    assert [problem.code for problem in site.build().problems] == []
    tree = site.tree()
    assert {f"{NFC}/index.html", f"news/tide/{NFC}.pdf", f"news/first/{NFC}.pdf"} <= tree.keys()
    assert unicodedata.is_normalized("NFC", "".join(tree))
    assert 'href="/news/second/"' in site.page("/news/first/")
