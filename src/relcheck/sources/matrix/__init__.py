"""Matrices of guarantees: tables whose rows say what is promised, what keeps the promise, and who answers for it."""
