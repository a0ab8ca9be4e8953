"""The limits of the setting `host`: builds warn, and a guard stops what the host would refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from newsgen.config import hosts
from support import SmallSite

from .publishing import codes, run

Make = Callable[..., SmallSite]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set small limits of a host for builds in this process."""
    tight = structs.replace(
        hosts.HOSTS["cloudflare"], redirects=2, files=60, file_bytes=2**20, site_bytes=2**22
    )
    monkeypatch.setitem(hosts.HOSTS, "cloudflare", tight)


@pytest.mark.usefixtures("small")
def test_a_build_keeps_to_the_limits(make_site: Make) -> None:
    """A build writes only as many redirects as the host reads, and warns of more, of a large file
    and of too many files.
    """
    site = make_site(host="cloudflare")
    site.article("one", aliases=["/old/1/", "/old/2/"])
    site.write("static/large.pdf", bytes(2**20 + 1))
    assert [problem.message for problem in site.build().problems] == [
        "/large.pdf has 1 MB; the limit of Cloudflare Pages is 1 MB"
    ]
    site.article("one", aliases=["/old/1/", "/old/2/", "/old/3/"])
    for number in range(30):
        site.write(f"static/{number}.txt", "a")
    problems = site.build().problems
    assert [problem.code for problem in problems] == ["many-redirects", "host-limit", "host-limit"]
    assert "Cloudflare Pages takes 60" in problems[1].message
    assert site.page("_redirects").count("\n") == 2
    assert "/old/3/index.html" in {f"/{path}" for path in site.tree()}


def test_a_guard_stops_what_the_host_refuses(make_site: Make) -> None:
    """An edition with a file that is too large, or with too many rules of the site's own, is not
    published, unless forced.
    """
    site = make_site(host="cloudflare")
    site.article("one")
    assert run(site, "nightly")["outcome"] == "published"
    large = site.write("static/large.pdf", b"")
    with large.open("r+b") as file:
        file.truncate(25 * 2**20 + 1)
    night = run(site, "nightly", code=5)
    assert (night["outcome"], codes(night).count("guard-host")) == ("stopped", 1)
    large.unlink()
    site.write("static/_redirects", "".join(f"/old/{n} /new 301\n" for n in range(2001)))
    night = run(site, "nightly", code=5)
    assert "guard-host" in codes(night)
    assert run(site, "publish", "--force")["published"]
