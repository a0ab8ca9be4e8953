"""Names that other tools give to fields of front matter, and newsgen's names."""

from __future__ import annotations

# Of several aliases of a field, the first that an article has counts. Hugo publishes nothing before
# its `publishDate`, whatever the `date`.
ALIASES = {
    alias: field
    for field, names in {
        "publishedDateTime": (
            *("publishDate", "date", "pubDate", "pubDatetime", "published_at", "publishedAt"),
            *("date_published", "created", "createdAt"),
        ),
        "title": ("headline", "name"),
        "updated": (
            *("lastmod", "modified", "last_modified_at", "updated_at", "date_updated"),
            *("updatedDate", "modDatetime", "updatedAt", "modified_time"),
        ),
        "excerpt": ("custom_excerpt", "summary", "description", "subtitle"),
        "authors": ("author", "byline"),
        "topics": ("categories", "sections"),
        "tags": ("tag", "keywords"),
        "category": ("section",),
        "images": (
            *("image", "cover", "feature_image", "featured_image", "featuredImage", "heroImage"),
            *("coverImage", "cover_image", "banner", "thumbnail", "previewimage", "ogImage"),
            *("hero", "cover-img", "thumbnail-img"),
        ),
        "language": ("lang", "locale"),
        "webUrl": ("canonical_url", "canonicalURL", "canonicalUrl", "external_url", "link"),
        "permalink": ("url", "path"),
        "aliases": ("redirect_from", "alias"),
        "expires": ("expiryDate", "unpublishDate"),
    }.items()
    for alias in names
}
