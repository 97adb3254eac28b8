"""Skips tests of clusters that this machine cannot run."""

import os
import sys

import pytest
from devtools.servers.private import PrivateServer


def where_it_can_run(server: type[PrivateServer]) -> pytest.MarkDecorator:
    """Skip the tests of a module if the servers of the cluster are missing. If `EVERPOST_TEST_DATABASES`
    names the databases to test, as in CI, the tests fail instead.
    """
    reason = server.missing() if sys.platform == "linux" else "clusters are started on Linux only"
    return pytest.mark.skipif(
        reason is not None and "EVERPOST_TEST_DATABASES" not in os.environ, reason=reason or ""
    )
