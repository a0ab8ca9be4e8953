"""The menus of an export of WordPress become the menus of the new site."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from newsgen.config.settings import MenuItem, MenuLink
from newsgen.importers.wordpress_menus import ImportedMenuEntry, chosen_menus

from .exports import OLD, ImportSite, wxr, wxr_item


def entry(
    number: int, menu: str, kind: str, of: int = 0, title: str = "", url: str = "", parent: int = 0
) -> str:
    """Return an entry of a menu in an export. Entries are in the order of their numbers."""
    values = {"type": kind, "object_id": of, "menu_item_parent": parent, "url": url}
    meta = "".join(
        f"<wp:postmeta><wp:meta_key>_menu_item_{key}</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for key, value in values.items()
    )
    return wxr_item(
        f"entry-{number}",
        more=f'{meta}<category domain="nav_menu" nicename="m"><![CDATA[{menu}]]></category>',
        title=title,
        wp__post_id=str(number),
        wp__post_type="nav_menu_item",
        wp__menu_order=str(number),
    )


def test_menus_lead_where_they_led(tmp_path: Path) -> None:
    """Pages, stories, categories and addresses keep their places and names. Entries that lead to
    withheld posts or nowhere are left out, and deeper levels become one.
    """
    place = ImportSite(tmp_path / "site")
    sea = "<category domain='category' nicename='sea'><![CDATA[The Sea]]></category>"
    term = "<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename>sea</wp:category_nicename>"
    name = "<wp:cat_name><![CDATA[The Sea]]></wp:cat_name></wp:category>"
    about, legal = (
        wxr_item(
            slug, "Us.", link=f"{OLD}/{slug}/", title=slug.title(),
            wp__post_type="page", wp__post_id=number,
        )
        for slug, number in (("about", "11"), ("legal", "12"))
    )  # fmt: skip
    draft = wxr_item("draft", wp__post_type="page", wp__status="draft", wp__post_id="13")
    export = wxr(
        term + name,
        about, legal, draft, wxr_item("gates", "Text.", sea, wp__post_id="14"),
        entry(101, "Main menu", "taxonomy", 5),
        entry(102, "Main menu", "custom", title="More", url="#"),
        entry(103, "Main menu", "post_type", 11, parent=102),
        entry(104, "Main menu", "post_type", 14, title="The gates", parent=103),
        entry(105, "Main menu", "post_type", 13, title="Draft"),
        entry(106, "Main menu", "custom", title="Wire", url="https://wire.example/"),
        entry(107, "Main menu", "custom", title="Script", url="javascript:alert(1)"),
        entry(111, "Footer", "post_type", 12),
        entry(112, "Footer", "custom", title="About", url=f"{OLD}/about/"),
        entry(121, "Social", "custom", title="Video", url="https://video.example/"),
    )  # fmt: skip
    place.run("wordpress", export)
    settings = yaml.safe_load((place.root / "newsgen.yaml").read_text("utf-8"))
    assert settings["menu"] == [
        "The Sea",
        {
            "name": "More",
            "items": [
                {"name": "About", "url": "/about/"},
                {"name": "The gates", "url": "/2026/01/gates/"},
            ],
        },
        {"name": "Wire", "url": "https://wire.example/"},
    ]
    assert settings["footer_menu"] == [
        {"name": "Legal", "url": "/legal/"},
        {"name": "About", "url": "/about/"},
    ]
    assert place.problems() == []
    front = (place.built() / "index.html").read_text("utf-8")
    assert 'href="/category/sea/"' in front
    assert 'href="/2026/01/gates/"' in front


@pytest.mark.parametrize("names", [("Primary", "Big"), ("Big", "Primary"), ("Menu 1", "Social")])
def test_the_menu_of_the_header(names: tuple[str, str]) -> None:
    """The header gets the menu with a matching name, else the one with most entries except social
    links.
    """
    sizes = {"Primary": 1, "Big": 3, "Menu 1": 2, "Social": 4}
    menus = {
        name: [
            ImportedMenuEntry(str(n), "", n, f"{name} {n}", "", "/x/") for n in range(sizes[name])
        ]
        for name in names
    }
    wanted = next(name for name in names if name in ("Primary", "Menu 1"))
    assert chosen_menus(menus, {}).header == tuple(
        MenuItem(name=f"{wanted} {n}", url="/x/") for n in range(sizes[wanted])
    )


def test_entries_below_each_other() -> None:
    """Entries in a circle are left out, an entry without a parent is at the top, and 10,000 levels
    become one.
    """
    deep = [ImportedMenuEntry(str(n), str(n - 1), n, f"{n}", "", "/x/") for n in range(1, 10_000)]
    ring = [
        ImportedMenuEntry("a", "b", 1, "A", "", "/a/"),
        ImportedMenuEntry("b", "a", 2, "B", "", "/b/"),
    ]
    (only,) = chosen_menus({"Main": [*deep, *ring]}, {}).header
    assert isinstance(only, MenuItem)
    assert (only.name, len(only.items)) == ("1", 9_998)
    assert only.items[-1] == MenuLink(name="9999", url="/x/")
