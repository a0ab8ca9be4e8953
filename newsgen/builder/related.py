"""What else there is to read beside an article: its own list, other stories that are like it, those near in time of the same topics.
Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from newsgen.model import Group, Site, ties_of


def own_related(site: Site, index: int, limit: int) -> list[tuple[int, int]]:
    """The first `limit` entries of the article's own list that may be shown, in its order.

    Each is (place in its list, place of the story in the site or -1 where it is not visible
    here). Withheld stories are struck; none stands twice.
    """
    out: list[tuple[int, int]] = []
    seen = {index}
    for place, (url, title) in enumerate(ties_of(site.stories[index].document.entry)):
        if len(out) == limit:
            break
        local = find(site, url, title)
        if local is None or local in seen:
            continue
        if local >= 0:
            seen.add(local)
        out.append((place, local))
    return out


def find(site: Site, url: int, title: int) -> int | None:
    """The place of the story that these keys name, -1 where it is none of this site; None where it may not be named."""
    local = site.by_url.get(url, -1)  # an address of 0 is none, and in no table
    if local < 0:
        if site.withheld and (url in site.withheld or title in site.withheld):
            return None
        local = site.by_title.get(title, -1)
    return local


def nearest(site: Site, index: int, groups: Sequence[Group], count: int, without: set[int]) -> list[int]:
    """Up to `count` stories of these groups, nearest in time first; of two as near, the newer."""
    candidates: set[int] = set()
    reach = count + len(without)
    for group in groups:
        members = group.members
        at = bisect_left(members, index)
        candidates.update(members[max(at - reach, 0) : at])
        candidates.update(members[at + 1 : at + 1 + reach])
    candidates -= without
    stories = site.stories
    time = stories[index].document.entry.time
    return sorted(candidates, key=lambda i: (abs(stories[i].document.entry.time - time), i))[:count]
