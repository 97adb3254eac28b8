"""All migrations, oldest first."""
