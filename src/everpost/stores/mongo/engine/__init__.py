"""The connection to MongoDB: URLs, clients, replica sets, errors."""
