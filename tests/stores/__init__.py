"""What is one adapter's own."""
