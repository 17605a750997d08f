"""Django's migrations: what their files say, and what that does to a database."""
