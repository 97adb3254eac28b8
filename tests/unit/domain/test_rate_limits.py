"""The keys of rate limits, which contain no address."""

import pytest

from everpost.services.rate_limits import address_key

KEY = bytes(range(32))


def test_it_is_64_hexadecimal_digits_without_the_address_in_it() -> None:
    kept = address_key(KEY, "login", "192.0.2.1")
    assert len(kept) == 64
    assert set(kept) <= set("0123456789abcdef")


def test_the_key_kind_and_address_all_change_the_counter() -> None:
    kept = {
        address_key(key, kind, address)
        for key in (KEY, KEY[::-1])
        for kind in ("login", "comment")
        for address in ("192.0.2.1", "192.0.2.2", "")
    }
    assert len(kept) == 12


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:0DB8:0::ffff:1"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_addresses_of_one_network_share_a_counter(one: str, other: str) -> None:
    assert address_key(KEY, "login", one) == address_key(KEY, "login", other)


@pytest.mark.parametrize(
    ("one", "other"), [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.2")]
)
def test_addresses_of_two_networks_have_separate_counters(one: str, other: str) -> None:
    assert address_key(KEY, "login", one) != address_key(KEY, "login", other)
