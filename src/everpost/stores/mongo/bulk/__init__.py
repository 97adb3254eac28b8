"""Reading and writing a whole blog."""
