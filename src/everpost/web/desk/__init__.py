"""The desk: pages for the people who write and moderate."""
