"""Forms: what was typed, checked by the schemas of the API."""
