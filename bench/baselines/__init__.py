"""The applications that Everpost is compared with: the tutorial's way, and the limit of the server."""
