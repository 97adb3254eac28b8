"""A blog as clients see it while its database fails over."""
