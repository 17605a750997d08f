"""Markdown documents: headings, links, tables and what else they say, each with its exact place."""
