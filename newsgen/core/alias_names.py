"""Names that other tools give to fields of front matter, and newsgen's names."""

from __future__ import annotations

# Of several aliases of a field, the first that an article has counts. Hugo publishes nothing before
# its `publishDate`, whatever the `date`.
ALIASES = {
    alias: field
    for field, names in {
        "publishedDateTime": (
            *("publishDate", "date", "pubDate", "pubDatetime", "published_at", "publishedAt"),
            *("date_published", "publishedDate", "publicationDate", "publishedOn", "postDate"),
            *("posted", "created", "createdAt", "dateCreated"),
        ),
        "title": ("headline", "name"),
        "updated": (
            *("lastmod", "modified", "last_modified_at", "updated_at", "date_updated"),
            *("updatedDate", "modDatetime", "updatedAt", "modified_time", "lastUpdated"),
            *("lastModified", "dateModified", "modifiedAt", "modifiedDate", "updatedOn"),
        ),
        "excerpt": (
            *("custom_excerpt", "summary", "description", "teaser", "abstract", "spoiler"),
            *("blurb", "standfirst", "dek", "desc", "shortDescription", "metaDescription"),
            *("intro", "tldr", "subtitle"),
        ),
        "authors": ("author", "byline", "authorName", "writer", "creator"),
        "topics": ("categories", "sections"),
        "tags": ("tag", "keywords"),
        "category": ("section",),
        "images": (
            *("image", "cover", "feature_image", "featured_image", "featuredImage", "heroImage"),
            *("coverImage", "cover_image", "banner", "thumbnail", "previewimage", "ogImage"),
            *("hero", "cover-img", "thumbnail-img", "img", "header_img", "headerImage"),
            *("feature_img", "featured_img", "index_img", "banner_img", "bannerImage", "bigimg"),
            *("mainImage", "leadImage", "postImage", "titleImage", "image_url", "photos"),
            *("thumb", "background", "socialImage", "share_img", "cardImage"),
            *("metaImage", "twitter_image", "pic", "picture", "gallery"),
        ),
        "language": ("lang", "locale"),
        "webUrl": (
            *("canonical_url", "canonicalURL", "canonicalUrl", "canonical", "external_url"),
            *("externalLink", "link"),
        ),
        "permalink": ("url", "path"),
        "aliases": ("redirect_from", "alias"),
        "expires": ("expiryDate", "unpublishDate"),
    }.items()
    for alias in names
}
_NO_JOINTS = str.maketrans("", "", "-_")


def folded(key: str) -> str:
    """Return a key in lower case without hyphens and underscores, to compare spellings."""
    return key.lower().translate(_NO_JOINTS)
