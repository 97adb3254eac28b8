"""Bytes for which MongoDB has no space left."""

import pytest
from pymongo.errors import OperationFailure, WriteError

from everpost.errors import Busy
from everpost.stores.mongo.engine.errors import everpost_error, is_out_of_space


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (WriteError("available disk space of 0 bytes is less than required", 14031), True),
        (OperationFailure("the same, of a command", 14031), True),
        (OperationFailure("interrupted", 11601), False),
    ],
)
def test_a_full_disk_is_recognized(error: OperationFailure, is_full: bool) -> None:
    busy = everpost_error(error)
    assert isinstance(busy, Busy)
    busy.__cause__ = error
    assert is_out_of_space(busy) is is_full
