"""The stored form of old paths."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.post_paths import checked_path
from everpost.domain.posts import MAX_PATH
from everpost.domain.text import unstorable_reason
from everpost.errors import Invalid


@given(st.text(st.sampled_from("/aé\u0301%2541?# \t.\\\u1e9b\u0323")) | st.text())
def test_the_stored_form_of_a_path_is_its_own(text: str) -> None:
    try:
        path = checked_path(f"/{text}")
    except Invalid:
        return
    assert checked_path(path) == checked_path(quote(path)) == checked_path(f"{path}/") == path
    assert path.startswith("/")
    assert not path.endswith("/")
    assert not set("?#") & set(path)
    assert len(path) <= MAX_PATH
    assert unstorable_reason(path) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "name a page"),
        ("///", "name a page"),
        ("a", "begin with /"),
        ("//host/a", "single slash"),
        ("/a?b", "query"),
        ("/a%23b", "fragment"),
        ("/%2541", "twice"),
        ("/%ff", "UTF-8"),
        ("/%00", "control"),
        ("/\ud800", "cannot be stored"),
        ("/" + "a" * 500, "more than 500"),
    ],
)
def test_a_path_that_no_request_has_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        checked_path(text)
