"""Find other stories to show beside an article: those in its own list, and those of the same topics
that are near in time. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain, compress
from typing import NamedTuple

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


class _Leads(NamedTuple):
    """The leads among the members of a group, and how many there are before each member."""

    members: list[int]
    before: list[int]


class Nearest:
    """Finds for each story up to `count` leads of other stories of its topics, nearest in time
    first; on a tie, the newer one.

    In each topic, up to four times `count` stories on either side are considered.
    """

    def __init__(self, site: Site, count: int) -> None:
        self._leads, self._count = site.leads, count
        self._stories = site.stories
        self._topics = {group.label.slug: group for group in site.topics}
        self._of_group: dict[str, _Leads] = {}  # by slug
        # Integers compare faster than times.
        self._times = [(story.document.meta.time - _EPOCH) // _TICK for story in site.stories]

    def of(self, index: int) -> list[int]:
        """Return the leads for the story at `index`."""
        own, count, times = self._leads[index], self._count, self._times
        most = count if own == index else count + 1  # its own lead does not count
        candidates: set[int] = set()
        for label in self._stories[index].card.topics:
            group = self._topics[label.slug]
            leads, before = self._leads_of(group)
            at, last = bisect_left(group.members, index), len(before) - 1
            newer, older = before[at], before[at + 1]
            first = before[max(at - 4 * count, 0)]
            stop = before[min(at + 1 + 4 * count, last)]
            sides = leads[max(newer - most, first) : newer], leads[older : min(older + most, stop)]
            if own != index:
                near, far = ([other for other in side if other != own] for side in sides)
                sides = near[-count:], far[:count]
            candidates.update(*sides)
        if not candidates:
            return []
        time = times[index]
        # Numbers sort three times as fast as pairs, and the sort keeps the order of equal ones.
        return sorted(sorted(candidates), key=lambda i: abs(times[i] - time))[:count]

    def read_for(self, stories: range) -> list[object]:
        """Return all that `of` reads for these successive stories, with indexes from the end."""
        count, reach = len(self._stories), 4 * self._count
        topics = [[label.slug for label in self._stories[i].card.topics] for i in stories]
        found: list[object] = [topics]
        for slug in dict.fromkeys(chain.from_iterable(topics)):
            members = self._topics[slug].members
            first = max(bisect_left(members, stories.start) - reach, 0)
            near = members[first : bisect_left(members, stories.stop) + reach]
            leads = [self._leads[i] - count for i in near]
            found.append(([i - count for i in near], leads, [self._times[i] for i in near]))
        return found

    def _leads_of(self, group: Group) -> _Leads:
        found = self._of_group.get(group.label.slug)
        if found is None:
            is_lead = [self._leads[member] == member for member in group.members]
            found = self._of_group[group.label.slug] = _Leads(
                list(compress(group.members, is_lead)), [0, *accumulate(is_lead)]
            )
        return found


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
