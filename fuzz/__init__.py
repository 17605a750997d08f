"""Mutated input for every parser of relcheck: nothing that stands in a file may end a run."""
