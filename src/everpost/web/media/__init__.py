"""The bytes of uploaded files, at `/media`."""
