"""Images of withheld articles leave the live edition with them."""

from __future__ import annotations

import re

from newsgen.config.settings import load_config
from newsgen.publish.publish import Published, PublishOptions, publish
from newsgen.publish.rollback import purge
from photos import photo
from support import AS_OF, SmallSite

from .publishing import live

_STYLE = re.compile(r"\.[0-9a-f]{8,}\.css$")


def publishing(site: SmallSite) -> Published:
    site.build()
    return publish(load_config(site.root), PublishOptions(AS_OF, force=True))


def images(site: SmallSite) -> set[str]:
    """Return the copies of images that readers can request."""
    return {path for path in live(site) if path.endswith((".webp", ".jpg"))}


def with_photo(site: SmallSite) -> set[str]:
    """Publish a site whose article `three` alone has an image, and return the copies of that
    image.
    """
    site.settings(images={"avif": False, "widths": [160, 320]})
    publishing(site)
    before = images(site)
    site.write("content/three.jpg", photo())
    site.write("content/three.pdf", "%PDF-1.7")
    site.article("three", "[A file](three.pdf)", images=["three.jpg"])
    publishing(site)
    assert images(site) > before
    return images(site) - before


def test_a_withdrawn_image_is_not_carried(site: SmallSite) -> None:
    """The next edition has no copy of the image; styles of older editions stay, for pages that are
    still open.
    """
    shown = with_photo(site)
    site.write("templates/style.css", "main { color: red }")
    publishing(site)
    assert shown <= images(site)
    (site.root / "templates/style.css").unlink()
    site.article("three", images=["three.jpg"], draft=True)
    publishing(site)
    assert shown.isdisjoint(images(site))
    assert len([path for path in live(site) if _STYLE.search(path)]) > 0


def test_going_back_to_an_edition_that_was_before_it(site: SmallSite) -> None:
    """An existing edition does not take the image from the live one either."""
    shown = with_photo(site)
    (site.root / "content/three.md").unlink()
    (site.root / "content/three.jpg").unlink()
    publishing(site)
    assert shown.isdisjoint(images(site))


def test_purging_a_page_offers_its_images(site: SmallSite) -> None:
    """Each of its images, and each file beside it, is a warning with the command that purges it,
    and that command works.
    """
    shown = with_photo(site)
    done = purge(load_config(site.root), ["/news/three/"])
    offered = {
        one.message.split()[0][1:]: one.hint.split()[-1]
        for one in done.problems
        if one.code == "image-not-purged"
    }
    assert offered.keys() >= shown | {"news/three/three.pdf"}
    purge(load_config(site.root), list(offered.values()))
    assert (shown | {"news/three/three.pdf"}).isdisjoint(live(site))
