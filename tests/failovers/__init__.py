"""What clients see of a blog while its database fails over."""
