"""Posts before they are public."""
