"""Child processes with limits, for work on untrusted content that may take too much time or memory."""
