"""What is the SQL adapter's own."""
