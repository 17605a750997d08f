"""The text of the generated repository: what its modules say, and where they break the rules on purpose."""
