"""Find other stories to show beside an article: those in its own list, and those of the same topics
that are near in time. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from newsgen.core.model import ArticleMeta, ties_of
from newsgen.core.site import HIDDEN, Group, Site


def listed(
    meta: ArticleMeta,
    by_url: Mapping[int, int],
    by_title: Mapping[int, int],
    withheld: Collection[int],
) -> tuple[int, ...]:
    """Return the stories in the article's own list, as in `Site.listed`.

    Stories are found by the keys of their URL or title. `withheld` holds the keys of stories that
    must not be named. A URL key of 0 means no URL and is in no table.
    """
    found = [
        by_url[url]
        if url in by_url
        else HIDDEN
        if url in withheld or title in withheld
        else by_title.get(title, -1)
        for url, title in ties_of(meta)
    ]
    return tuple(found)


def own_related(index: int, stories: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Return the first `limit` items of the article's own list (as in `Site.listed`) that may be
    shown, in the order of the list.

    Each is (place in the list, index of the story on the site or -1 if it is not visible here). No
    story appears twice.
    """
    if max(stories, default=-1) < 0:  # the usual case
        return [(place, local) for place, local in enumerate(stories) if local != HIDDEN][:limit]
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


class Nearest:
    """Finds for each story up to `count` leads of other stories in its groups, nearest in time
    first; on a tie, the newer one.

    In each group, up to four times `count` stories on either side are considered.
    """

    def __init__(self, site: Site, count: int) -> None:
        self._leads, self._count = site.leads, count
        self._led = frozenset([i for i, lead in enumerate(site.leads) if lead != i])
        # Integers compare faster than times.
        self._times = [(story.document.meta.time - _EPOCH) // _TICK for story in site.stories]

    def of(self, index: int, groups: Sequence[Group]) -> list[int]:
        """Return the leads for the story at `index`."""
        leads, own, count, times = self._leads, self._leads[index], self._count, self._times
        candidates: set[int] = set()
        for group in groups:
            members = group.members
            at = bisect_left(members, index)
            newer, older = members[max(at - count, 0) : at], members[at + 1 : at + 1 + count]
            # The usual case.
            if own == index and self._led.isdisjoint(newer) and self._led.isdisjoint(older):
                candidates.update(newer, older)
                continue
            for side in (
                members[max(at - 4 * count, 0) : at][::-1],
                members[at + 1 : at + 1 + 4 * count],
            ):
                candidates.update(
                    islice((other for other in side if leads[other] == other != own), count)
                )
        time = times[index]
        # Numbers sort three times as fast as pairs, and the sort is stable.
        return sorted(sorted(candidates), key=lambda i: abs(times[i] - time))[:count]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
