"""What Alembic's migrations do, read by static evaluation."""
