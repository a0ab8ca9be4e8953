"""The files that hosts read: each host gets its own form."""

from __future__ import annotations

import json
from collections.abc import Callable

from builder.making import doc, make_plan, planning
from newsgen.config.hosts import HOSTS
from support import SmallSite


def test_each_host_gets_what_it_reads() -> None:
    """`_headers` and `_redirects` are written for hosts that read them, and both as `vercel.json`
    for Vercel."""
    expected = {
        "": {"/_headers", "/_redirects"},
        "cloudflare": {"/_headers", "/_redirects"},
        "github": set(),
        "gitlab": {"/_redirects"},
        "netlify": {"/_headers", "/_redirects"},
        "vercel": {"/vercel.json"},
    }
    assert expected.keys() == HOSTS.keys()
    every = set().union(*expected.values())
    for host, files in expected.items():
        plan = make_plan(planning([doc(aliases=["/old/one/"])], host=host))
        assert every & {page.route for page in plan.pages} == files, host


def test_the_rules_of_vercel(make_site: Callable[..., SmallSite]) -> None:
    """`vercel.json` has the headers and redirects with escaped patterns as paths, and no redirect
    that Vercel would refuse.
    """
    site = make_site(host="vercel", gone_status=410)
    site.article("one", aliases=["/old/a+(b)/"])
    site.article("two", removed=True, gone=True)
    site.build()
    found = json.loads(site.page("vercel.json"))
    assert found["trailingSlash"] is True
    assert found["redirects"] == [
        {"source": r"/old/a%2B\(b\)/", "destination": "/news/one/", "statusCode": 301}
    ]
    first = found["headers"][0]
    assert first["source"] == "/(.*)"
    assert {"key": "X-Content-Type-Options", "value": "nosniff"} in first["headers"]
