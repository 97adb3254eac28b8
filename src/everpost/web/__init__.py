"""Pages for readers: HTML over HTTP."""
