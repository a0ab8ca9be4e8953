"""Questions about a site: its status, its front page, why a page changed, whether a build is right."""
