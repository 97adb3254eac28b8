"""JSON over HTTP: the contract."""
