"""Blogs on SQLite."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def blog_file(empty_blog_file: Path, tmp_path: Path) -> Path:
    """An SQLite file with an empty blog, for this test."""
    return Path(shutil.copy(empty_blog_file, tmp_path))
