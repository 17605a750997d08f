"""Contracts of other tools, read as data and written as relcheck's own."""
