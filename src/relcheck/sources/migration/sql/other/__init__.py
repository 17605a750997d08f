"""SQL of MySQL and SQLite."""
