"""Tests do not depend on the caller's environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import strip

HOSTILE = {
    "EVERPOST_ADMIN_TOKEN": "evp_no-token",
    "EVERPOST_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "EVERPOST_WORKERS": "none",
    "everpost_port": "none",
    "PGHOST": "127.0.0.1",
    "PGPORT": "9",
    "PGSERVICE": "nothing",
    "PGSSLMODE": "verify-full",
    "MYSQL_HOME": "/nowhere",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "GRANIAN_PORT": "none",
    "FORCE_COLOR": "1",
    "COLUMNS": "20",
}
ROOT = Path(__file__).parents[3]


def test_only_variables_for_tests_are_kept() -> None:
    kept = {"EVERPOST_TEST_FUZZ": "1", "PATH": "/bin", "HOME": "/home", "LANG": "C.UTF-8"}
    environment = HOSTILE | kept
    strip(environment)
    assert environment == kept


@pytest.mark.long
def test_tests_pass_in_a_hostile_environment() -> None:
    tests = [
        "tests/cli/test_serve.py::test_a_blog_is_set_up_served_and_stopped",
        "tests/cli/test_commands.py::test_every_command_explains_itself[serve]",
        "tests/unit/project/test_settings.py",
    ]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests]
    environment = os.environ | HOSTILE | {"EVERPOST_TEST_DATABASES": "sqlite"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2_000:]
