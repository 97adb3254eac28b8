"""A blog on the move: from one database to another, into a file and back, in from other systems."""
