"""The schema in SQL: Alembic's migrations, drift, data loss, and locks between processes."""
