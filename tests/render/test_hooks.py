"""The hooks for other code, as docs/templates.md shows them."""

from __future__ import annotations

import re

import pytest
import yaml

from support import ROOT, SmallSite

HOOKS = (
    (ROOT / "docs/templates.md")
    .read_text("utf-8")
    .partition("\n## Hooks\n")[2]
    .partition("\n## ")[0]
)
EXAMPLES = re.findall(r"```jinja\n(.*?)```\n\n```yaml\n(.*?)```", HOOKS, re.S)
DIRECTIVES = {"script": "script-src", "iframe": "frame-src"}


def test_the_theme_includes_nothing(site: SmallSite) -> None:
    """Without own templates, no page has a script or a frame of another host."""
    site.every_kind()
    site.build()
    pages = "".join(site.page(path) for path in site.tree() if path.endswith(".html"))
    assert re.findall(r"<(?:script|iframe)[^>]* src=\"(?:https?:)?//", pages) == []


@pytest.mark.parametrize(
    ("template", "settings"),
    EXAMPLES,
    ids=[re.findall(r"block (\w+)", text)[0] for text, _ in EXAMPLES],
)
def test_an_example_is_on_the_page_and_in_the_policy(
    site: SmallSite, template: str, settings: str
) -> None:
    """The example's code is on an article page, and the policy from its settings allows what it
    loads.
    """
    name = re.findall(r'extends "theme/(\S+)"', template)[0]
    site.write(f"templates/{name}", template)
    site.settings(**yaml.safe_load(settings))
    site.build()
    page = site.page("/news/one/")
    written = re.findall(
        r"<(script|iframe)[^>]* src=\"([^\"]+)\"", template.replace("{{ site.base }}", "")
    )
    assert written
    policy = dict(
        part.split(" ", 1)
        for part in re.findall(r"Content-Security-Policy: (.*)", site.page("_headers"))[0].split(
            "; "
        )
    )
    for tag, address in written:
        assert f'src="{address}"' in page
        host = re.match(r"https://[^/]+", address)
        assert (host[0] if host else "'self'") in policy[DIRECTIVES[tag]].split()
    for host in re.findall(r"https://[a-z.]+", settings):
        assert host in template
