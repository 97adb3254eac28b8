"""The pages of the blog, one file for each."""
