"""Changes of threads. Each is a transaction that updates the post first."""
