"""The machine and the software versions that a report names."""

import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from everpost import __version__

_PACKAGES = ("fastapi", "sqlalchemy", "aiosqlite", "asyncpg", "asyncmy", "pymongo")
_CPUS = Path("/proc/cpuinfo")


def describe_machine() -> Mapping[str, str]:
    """Facts about the machine, by name."""
    system = f"{platform.system()} {platform.release()}"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} CPUs, {system}{_memory()}",
        "Everpost": __version__,
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": describe_packages(_PACKAGES),
    }


def describe_packages(names: Iterable[str]) -> str:
    """The versions of installed packages."""
    return ", ".join(f"{name} {version(name)}" for name in names)


def _memory() -> str:
    """The physical memory, if the system reports it."""
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return ""
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f", {gibibytes:.0f} GiB of memory"


def _processor() -> str:
    """The name of the processor on Linux; its architecture on other systems."""
    if _CPUS.is_file():
        for line in _CPUS.read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return f"{value.strip()} ({platform.machine()})"
    return platform.processor() or platform.machine()
