"""Row locks go through one primitive, and functions say what they do to the database."""
