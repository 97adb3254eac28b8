"""The trash on MongoDB."""
