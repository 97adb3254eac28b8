"""What documents look like, and in which collections they are."""
