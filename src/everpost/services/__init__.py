"""Use cases: what one does with a blog, in the words of the domain. At most one writing call each."""
