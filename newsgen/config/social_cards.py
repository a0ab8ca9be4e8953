"""The settings `social_cards.*`."""

from newsgen.config.reader import Count, Table


class SocialCards(Table, frozen=True):
    """Drawn images for links to articles without an image. `days` is how long an article has one
    after it was published.
    """

    enabled: bool = False
    days: Count = 30
