"""What a report says of the machine and the programs that ran on it."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from everpost import __version__

_PACKAGES = ("fastapi", "sqlalchemy", "aiosqlite", "asyncpg", "asyncmy", "pymongo")
_CPUS = Path("/proc/cpuinfo")


def describe_machine() -> Mapping[str, str]:
    """Each fact under its name."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        "Everpost": __version__,
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
    }


def _processor() -> str:
    """What Linux calls the processor; elsewhere its kind."""
    if _CPUS.is_file():
        for line in _CPUS.read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return f"{value.strip()} ({platform.machine()})"
    return platform.processor() or platform.machine()
