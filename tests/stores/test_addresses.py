"""Database URLs as they may be shown."""

import pytest

from everpost.stores import describe_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///everpost.db", "sqlite:///everpost.db"),
        ("sqlite:////var/lib/blog.db", "sqlite:////var/lib/blog.db"),
        ("postgresql://u:secret@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql://u:secret@h/d?password=secret&sslmode=require", "postgresql://u@h/d"),
        ("postgresql://u:se@cret@h/d", "postgresql://u@h/d"),
        ("postgresql://u:se/cret@h/d", "postgresql://u@h/d"),
        ("postgresql://u:se?cret@h/d", "postgresql://(unreadable)"),
        ("postgresql://:secret@h/d", "postgresql://h/d"),
        ("postgresql://u:secret", "postgresql://(unreadable)"),
        ("mysql+asyncmy://u:secret@[::1]:3306/d", "mysql+asyncmy://u@[::1]:3306/d"),
        ("mongodb://u:secret@h1:27017,h2:27018/d?replicaSet=r", "mongodb://u@h1:27017,h2:27018/d"),
        ("mongodb+srv://u:secret@cluster.example.org/d", "mongodb+srv://u@cluster.example.org/d"),
        ("mongodb://h1,h2,h3", "mongodb://h1,h2,h3"),
        ("secret", "(unreadable)"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert describe_url(url) == shown
