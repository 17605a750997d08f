"""Who has agreed to a migration, and whether its time has come."""
