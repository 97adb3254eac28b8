"""The files that `--report` names."""

import os
from pathlib import Path

from everpost.errors import Misconfigured


def require_writable(report: Path, *, overwrite: bool) -> None:
    """Raise Misconfigured if the report cannot be written, before anything else is done."""
    if not report.parent.is_dir():
        raise Misconfigured(f"--report {report}: the folder {report.parent} does not exist")
    if report.is_dir():
        raise Misconfigured(f"--report {report}: this is a folder, not a file")
    if report.exists() and not overwrite:
        raise Misconfigured(f"--report {report}: the file exists. Choose another name, or use --overwrite.")
    if not os.access(report if report.exists() else report.parent, os.W_OK):
        raise Misconfigured(f"--report {report}: the file cannot be written")
