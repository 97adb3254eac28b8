"""The bytes of files, which are moved beside the records of a blog."""
