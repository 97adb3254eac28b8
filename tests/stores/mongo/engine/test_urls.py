"""The hosts in a URL, and the URLs of single members."""

import pytest

from everpost.stores.mongo.engine.urls import direct_url, is_on_this_machine, members_in


@pytest.mark.parametrize(
    ("hosts", "members"),
    [
        ("one", ["one:27017"]),
        ("me:secret@one:1,two,127.0.0.1:2", ["one:1", "two:27017", "127.0.0.1:2"]),
        ("[::1],[::1]:3", ["[::1]:27017", "[::1]:3"]),
        ("%2Ftmp%2Fmongodb-27017.sock", ["%2Ftmp%2Fmongodb-27017.sock"]),
    ],
)
def test_each_member_has_a_port(hosts: str, members: list[str]) -> None:
    assert members_in(f"mongodb://{hosts}/blog?replicaSet=x") == members


@pytest.mark.parametrize(
    ("url", "with_credentials", "without"),
    [
        ("mongodb://one,two", "mongodb://one:1/?directConnection=true", None),
        (
            "mongodb://me:secret@one,two/blog?replicaSet=x&authSource=admin;tls=true",
            "mongodb://me:secret@one:1/blog?authSource=admin&tls=true&directConnection=true",
            "mongodb://one:1/blog?tls=true&directConnection=true",
        ),
        (
            "mongodb://one/?directConnection=true&AuthMechanism=SCRAM-SHA-256&compressors=zlib",
            "mongodb://one:1/?AuthMechanism=SCRAM-SHA-256&compressors=zlib&directConnection=true",
            "mongodb://one:1/?compressors=zlib&directConnection=true",
        ),
    ],
)
def test_a_member_is_reached_past_its_set(url: str, with_credentials: str, without: str | None) -> None:
    assert direct_url(url, "one:1", credentials=True) == with_credentials
    assert direct_url(url, "one:1", credentials=False) == (without or with_credentials)


@pytest.mark.parametrize(
    ("hosts", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.1:1,[::1]:2", True),
        ("%2Ftmp%2Fmongodb-27017.sock", True),
        ("me:secret@localhost:1", True),
        ("localhost,mongo.example", False),
        ("192.168.0.7", False),
    ],
)
def test_only_hosts_of_this_machine_are_initiated_unasked(hosts: str, is_here: bool) -> None:
    assert is_on_this_machine(f"mongodb://{hosts}/blog") == is_here
    assert not is_on_this_machine(f"mongodb+srv://{hosts}/blog")
