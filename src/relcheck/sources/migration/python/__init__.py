"""A static evaluator for the Python that migrations are written in. Nothing is imported, nothing runs."""
