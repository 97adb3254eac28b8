"""The trash over HTTP."""
