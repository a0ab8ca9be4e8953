"""Build one immutable Site from articles: visibility, groups, routes, ranking and related stories.
Pure.
"""
