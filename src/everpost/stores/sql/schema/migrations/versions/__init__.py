"""Every change of the schema, the first one first."""
