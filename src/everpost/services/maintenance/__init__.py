"""Regular work in the background of the server."""
