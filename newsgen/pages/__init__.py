"""One planner a kind of page. Each yields its pages: a route, a template and the view.

A view holds all that the template may read, but for the article's own record, which the view
names by its digest and the renderer fetches. A page's digest is folded from its view, its
template and what all pages share; so there is no edge that could be forgotten.
"""
