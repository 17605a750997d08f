"""Reports: one module a format, each a pure function from an `Outcome` to text."""
