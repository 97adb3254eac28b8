"""Writing posts: working copies, and what differs between texts."""
