"""Tests of each store itself."""
