"""The Alembic environment and migrations."""
