"""Import of the files of other blogs and comment systems."""
