"""The format of tokens, and their digests."""

import re

from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.people.tokens import digest, is_well_formed, new_secret


def test_a_new_secret_is_recognizable_and_well_formed() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch("evp_[0-9A-Za-z]{38}", secret) for secret in secrets)
    assert all(map(is_well_formed, secrets))


@given(place=st.integers(min_value=4, max_value=41), character=st.characters())
def test_one_wrong_character_breaks_the_checksum(place: int, character: str) -> None:
    secret = new_secret()
    changed = secret[:place] + character + secret[place + 1 :]
    assert is_well_formed(changed) == (changed == secret)


@given(st.text())
def test_other_text_is_not_well_formed(text: str) -> None:
    assert not is_well_formed(text)
    assert not is_well_formed("evp_" + text)
    assert not is_well_formed(new_secret() + (text or " "))


def test_a_digest_tells_nothing_and_stays_the_same() -> None:
    secret = new_secret()
    assert re.fullmatch("[0-9a-f]{64}", digest(secret))
    assert digest(secret) == digest(secret) != digest(new_secret())
