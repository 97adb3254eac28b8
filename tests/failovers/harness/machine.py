"""What this machine has for clusters."""

import os
import sys

import pytest
from devtools.servers.private import PrivateServer


def where_it_can_run(server: type[PrivateServer]) -> pytest.MarkDecorator:
    """Skip the tests of a module where the cluster's servers are missing. They fail instead where
    `EVERPOST_TEST_DATABASES` says what must be tested, as in CI.
    """
    reason = server.missing() if sys.platform == "linux" else "clusters are started on Linux only"
    return pytest.mark.skipif(
        reason is not None and "EVERPOST_TEST_DATABASES" not in os.environ, reason=reason or ""
    )
