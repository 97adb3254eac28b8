"""Published attempts to run a script in someone else's page, for all places that show what people type."""
