"""Measures relcheck beside its peers: `python -m bench`. It prints a table and asserts nothing."""
