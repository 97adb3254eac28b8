"""Tests of the SQL store itself."""
