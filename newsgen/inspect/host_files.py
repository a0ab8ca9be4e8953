"""The workflows and settings with which a host builds and publishes a new site."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from newsgen.config.hosts import HOSTS

# The versions of the hosts' own programs. Those of actions are in the workflow.
_WRANGLER, _NETLIFY, _VERCEL = "wrangler@4.164.0", "netlify-cli@27.10.2", "vercel@60.1.3"
_HEAD = """\
# Builds the site and publishes it on {host} unless a guard stops it: at each push,
# and once an hour for scheduled changes.
{note}
name: Site
on:
  push:
    branches: [main]
  schedule:
    - cron: "7 * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency: site
jobs:
  nightly:
    runs-on: ubuntu-24.04
"""
_STEPS = """\
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.13"
      - uses: actions/cache@5a3ec84eff668545956fd18022155c47e93e2684 # v4.2.3
        with:
          path: |
            .newsgen
            media
            editions
          key: newsgen-${{ github.run_id }}
          restore-keys: newsgen-
      - run: python -m pip install --requirement requirements.txt
      - run: newsgen nightly --log-format json
"""
_NODE = """\
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: "24"
"""
_PAGES = """\
      - uses: actions/upload-pages-artifact@7b1f4a764d45c48632c6b24a0339c27f5614fb0b # v4.0.0
        with:
          path: editions/current/
  publish:
    needs: nightly
    runs-on: ubuntu-24.04
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
    steps:
      - uses: actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e # v4.0.5
"""
_GITLAB = """\
# Builds the site and publishes it on GitLab Pages unless a guard stops it: at each push,
# and as often as a pipeline schedule of the project says.
pages:
  image: python:3.13-slim
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    key: newsgen
    paths:
      - .newsgen/
      - media/
      - editions/
  script:
    - python -m pip install --requirement requirements.txt
    - newsgen nightly --log-format json
    - cp --recursive --dereference editions/current public
  artifacts:
    paths:
      - public
"""
_WORKFLOW = ".github/workflows/site.yml"


def host_files(host: str, project: str) -> Mapping[str, str]:
    """Return the files that the host named `host` needs, by path.

    `project` is the site's name there, where one must be given.
    """
    return _FILES[host](project)


def _github(_: str) -> dict[str, str]:
    note = "# In the repository's settings, Pages takes its source from GitHub Actions."
    head = _HEAD.format(host=HOSTS["github"].title, note=note)
    return {_WORKFLOW: head + _STEPS + _PAGES}


def _gitlab(_: str) -> dict[str, str]:
    return {".gitlab-ci.yml": _GITLAB}


def _cloudflare(project: str) -> dict[str, str]:
    settings = f"""\
name = "{project}"
compatibility_date = "2026-01-01"
pages_build_output_dir = "editions/current"
"""
    names = ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN")
    return _deployed("cloudflare", _WRANGLER, "pages deploy --branch main", names) | {
        "wrangler.toml": settings
    }


def _netlify(_: str) -> dict[str, str]:
    settings = """\
# The workflow builds the site and sends it. Netlify itself builds nothing.
[build]
  ignore = "exit 0"
  publish = "editions/current"
"""
    command = "deploy --prod --no-build --dir editions/current"
    names = ("NETLIFY_AUTH_TOKEN", "NETLIFY_SITE_ID")
    return _deployed("netlify", _NETLIFY, command, names) | {"netlify.toml": settings}


def _vercel(_: str) -> dict[str, str]:
    command = "deploy editions/current/ --prod --yes"
    names = ("VERCEL_ORG_ID", "VERCEL_PROJECT_ID", "VERCEL_TOKEN")
    return _deployed("vercel", _VERCEL, command, names)


def _deployed(host: str, program: str, command: str, secrets: tuple[str, ...]) -> dict[str, str]:
    """Return a workflow that sends the live edition with the host's own program."""
    note = f"# It needs the environment `site` with the secrets {', '.join(secrets)}."
    head = _HEAD.format(host=HOSTS[host].title, note=note) + "    environment: site\n"
    given = "".join(f"          {name}: ${{{{ secrets.{name} }}}}\n" for name in secrets)
    step = f"{_NODE}      - run: npx --yes {program} {command}\n        env:\n{given}"
    return {_WORKFLOW: head + _STEPS + step}


_FILES: Mapping[str, Callable[[str], dict[str, str]]] = {
    "cloudflare": _cloudflare,
    "github": _github,
    "gitlab": _gitlab,
    "netlify": _netlify,
    "vercel": _vercel,
}
