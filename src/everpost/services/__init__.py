"""Use cases, in the terms of the domain. Each makes at most one writing call to the store."""
