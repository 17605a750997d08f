"""Migrations: what Alembic, Django and SQL files do to a database, as operations of one vocabulary."""
