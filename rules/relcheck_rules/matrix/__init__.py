"""Matrices of guarantees: what is promised, what keeps the promise, and who answers for it."""
