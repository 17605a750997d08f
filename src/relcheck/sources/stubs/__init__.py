"""What code does, told from its text: whether a function that a document calls a stub is inert.

Two steps. `collect` reads one file and gives its `Code`, the same few shapes for every language; it is pure in the
content, so it can be cached. `Linked` follows calls, imports and re-exports from there, over the files that it needs.
"""
