"""Questions about a site: status, front page, why a page changed, whether a build is right."""
