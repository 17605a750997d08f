"""Python code in migrations that does not work with the models of its time."""
