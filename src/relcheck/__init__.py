"""relcheck: merge gates for what a team has promised."""

__version__ = "0.1.0"
