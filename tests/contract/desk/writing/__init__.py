"""Writing posts at the desk."""
