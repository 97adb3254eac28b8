"""The store on SQLite, PostgreSQL and MySQL or MariaDB."""
