"""What else there is to read beside an article: its own list, other stories that are like it, those near in time of the same topics.
Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice

from newsgen.model import Group, Site, ties_of

HIDDEN = -2


def listed(site: Site, index: int) -> list[int]:
    """The stories in the article's own list, by their places in the site: -1 for one that is none of this site, HIDDEN for one
    that may not even be named."""
    by_url, by_title, withheld = site.by_url, site.by_title, site.withheld
    found = []
    for url, title in ties_of(site.stories[index].document.entry):
        local = by_url.get(url, -1)  # an address of 0 is none, and in no table
        if local < 0:
            local = HIDDEN if withheld and (url in withheld or title in withheld) else by_title.get(title, -1)
        found.append(local)
    return found


def own_related(index: int, stories: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """The first `limit` entries of the article's own list (see `listed`) that may be shown, in its order.

    Each is (place in its list, place of the story in the site or -1 where it is not visible
    here). None stands twice.
    """
    out: list[tuple[int, int]] = []
    seen = {index, HIDDEN}
    for place, local in enumerate(stories):
        if len(out) == limit:
            break
        if local not in seen:
            out.append((place, local))
            if local >= 0:
                seen.add(local)
    return out


def nearest(site: Site, index: int, groups: Sequence[Group], count: int) -> list[int]:
    """Up to `count` leads of other stories of these groups, nearest in time first; of two as near, the newer. Of each group so many
    times four are looked at on either side."""
    leads, own = site.leads, site.leads[index]
    candidates: set[int] = set()
    for group in groups:
        members = group.members
        at = bisect_left(members, index)
        for side in (members[max(at - 4 * count, 0) : at][::-1], members[at + 1 : at + 1 + 4 * count]):
            candidates.update(islice((other for other in side if leads[other] == other != own), count))
    stories = site.stories
    time = stories[index].document.entry.time
    return sorted(candidates, key=lambda i: (abs(stories[i].document.entry.time - time), i))[:count]
