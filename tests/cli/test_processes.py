"""Limits and signals of the operating system."""

import resource
import subprocess
import sys

import pytest

from everpost.cli.server.processes import raise_file_limit


def test_the_limit_of_open_files_is_raised_as_far_as_the_system_allows() -> None:
    program = (
        "import resource\n"
        "from everpost.cli.server.processes import raise_file_limit\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 2_000))\n"
        "print(raise_file_limit(2), resource.getrlimit(resource.RLIMIT_NOFILE))\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n"
        "print(raise_file_limit(2))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    raised, warned = done.stdout.splitlines()
    assert raised == "None (2000, 2000)"
    assert warned == (
        "A process may open only 256 files, so a worker with many connections may stop responding."
        " Raise the limit to at least 640: ulimit -n, or LimitNOFILE= in a systemd unit."
    )


def test_no_limit_is_no_reason_to_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: unlimited)
    assert raise_file_limit(1) is None
