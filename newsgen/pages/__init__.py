"""Plan the pages of a site: one planner for each kind of page. Each yields pages with a route, a
template and a view.

A view holds everything the template may read, except the article's own record: the view names it by
its digest, and the renderer fetches it. A page's digest covers its view, its template and what all
pages share, so no dependency can be forgotten.
"""
