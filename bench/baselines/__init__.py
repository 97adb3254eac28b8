"""What Everpost is measured against: the way the tutorials write it, and the limit of the server."""
