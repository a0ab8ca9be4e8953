"""From Markdown or HTML to sanitised HTML: engines, typography, embeds, highlighting, sanitiser."""
