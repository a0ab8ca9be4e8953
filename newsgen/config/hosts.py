"""The static hosts that newsgen knows: the files that each reads, and its limits on a site.

The numbers are those of each host's documentation; docs/hosts names them.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from newsgen.core.messages import count

HostName = Literal["", "cloudflare", "github", "gitlab", "netlify", "vercel"]
NO_LIMIT = sys.maxsize


class StaticHost(Struct, frozen=True):
    """A static host.

    `header_rules` and `redirects` are how many rules for headers and how many redirects it reads, 0
    if it reads none. With `json` it reads them from `vercel.json`, otherwise from `_headers` and
    `_redirects`. `redirect_bytes` limits the size of `_redirects`, `files` the number of files,
    `file_bytes` the size of each, and `site_bytes` that of all.
    """

    title: str
    header_rules: int = NO_LIMIT
    redirects: int = NO_LIMIT
    redirect_bytes: int = NO_LIMIT
    files: int = NO_LIMIT
    file_bytes: int = NO_LIMIT
    site_bytes: int = NO_LIMIT
    json: bool = False


HOSTS: dict[str, StaticHost] = {
    "": StaticHost("some hosts", header_rules=100),
    "cloudflare": StaticHost(
        "Cloudflare Pages", header_rules=100, redirects=2000, files=20_000, file_bytes=25 * 2**20
    ),
    "github": StaticHost("GitHub Pages", header_rules=0, redirects=0, site_bytes=2**30),
    "gitlab": StaticHost(
        "GitLab Pages",
        header_rules=0,
        redirects=1000,
        redirect_bytes=64_000,
        files=200_000,
        site_bytes=2**30,
    ),
    "netlify": StaticHost("Netlify", redirects=10_000),
    "vercel": StaticHost("Vercel", header_rules=100, redirects=1948, json=True),  # 2,048 together
}


def refusals(host: StaticHost, files: int, sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield why a host would refuse a site of so many files.

    `sizes` are the sizes of files in bytes, as far as they are known, by path.
    """
    if files > host.files:
        yield f"the site has {count(files, 'file')}; {host.title} takes {host.files:,}"
    large = [path for path, size in sizes.items() if size > host.file_bytes]
    if large:
        yield (
            f"/{large[0]} has {megabytes(sizes[large[0]])}; the limit of {host.title} is "
            f"{megabytes(host.file_bytes)}"
        )
    whole = sum(sizes.values())
    if whole > host.site_bytes:
        yield f"the site has {megabytes(whole)}; {host.title} takes {megabytes(host.site_bytes)}"


def megabytes(size: int) -> str:
    """Return a size as text, in units of 1,048,576 bytes, as hosts count."""
    return f"{size / 2**20:,.1f} MB".replace(".0 ", " ")
