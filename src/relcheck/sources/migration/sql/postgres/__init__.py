"""SQL of PostgreSQL: the server's own parser, and what its trees say that a statement does."""
