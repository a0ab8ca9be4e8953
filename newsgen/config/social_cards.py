"""The settings `social_cards.*`."""

from newsgen.config.reader import Count, Table


class SocialCards(Table, frozen=True):
    """Drawn images for links to articles without an image."""

    enabled: bool = False
    """Whether to draw an image for links to an article without one: its title, section and date and
    the site's name, in the site's colours. `social_cards: true` is short for it."""
    days: Count = 30
    """How many days after its publication an article has a card."""
