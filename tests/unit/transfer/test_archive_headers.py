"""The first and the last line of an archive describe its records."""

from pathlib import Path

import pytest

from tests.contract.port.blog.whole_blogs import TOKENS
from tests.unit.transfer.archives import SMALL, archive_of, checked, fault_in


@pytest.mark.parametrize(
    ("find", "put"),
    [
        (b'"version":3,', b'"version":4,'),
        (b'"media_bytes":false', b'"media_bytes":true'),
        (b'"media_bytes":false', b'"media_bytes":null'),
        (b'"media_bytes":false,', b""),
        (b'"media_bytes":null', b'"media_bytes":{"files":0,"size":0,"missing":0}'),
        (b'"count":1', b'"count":2'),
        (b'"count":1', b'"count":"1"'),
        (b'"count":1', b'"count":true'),
        (b'"count":1', b'"count":-1'),
        (b'"count":1', b'"number":1'),
        (b'"name":"token"', b'"name":"page"'),
        (b'"name":"token"', b'"name":"user"'),
        (b'"name":"token"', b'"name":["token"]'),
        (b'"slug","post_kind"', b'"post_kind","slug"'),
        (b'"order":["id"]', b'"order":[]'),
        (b'"belongs_to":null', b'"belongs_to":{}'),
        (b'"kinds":[', b'"kinds":[1,'),
        (b'"kinds":[', b'"kinds":[],"more":['),
        (b"everpost-archive", b"ghost"),
        (b'"sha256":"', b'"sha256":"0'),
        (b"\n", b"\r\n"),
        (b"\n", b"\n\n"),
    ],
)
def test_a_wrong_first_or_last_line_is_refused(tmp_path: Path, find: bytes, put: bytes) -> None:
    assert fault_in(archive_of(SMALL).replace(find, put, 1), tmp_path).place


def test_an_archive_of_the_first_format_is_refused(tmp_path: Path) -> None:
    old = b'{"kind":"everpost-archive","version":1,"counts":{"users":0,"tokens":0,"posts":0,"comments":0}}\n'
    fault = fault_in(old, tmp_path)
    assert (fault.place, fault.reason) == (
        "line 1",
        "version: is 1, a format from before the first release: export the blog again",
    )


def test_the_error_about_an_unknown_kind_names_it(tmp_path: Path) -> None:
    content = archive_of(SMALL).replace(b'"name":"token"', b'"name":"mood"', 1)
    assert fault_in(content, tmp_path).reason == (
        "kinds: has 'mood', unknown to this version of Everpost: use a newer one"
    )


def test_the_error_about_a_kind_with_other_fields_names_it(tmp_path: Path) -> None:
    content = archive_of(SMALL).replace(b'"token_kind"', b'"mood"', 1)
    assert fault_in(content, tmp_path).reason == (
        "kinds: describes 'token' differently from this version of Everpost: use another"
    )


def test_an_archive_may_lack_a_newer_kind(tmp_path: Path) -> None:
    """As in an archive from a version of Everpost without this kind."""
    records = [each for each in SMALL if each != TOKENS[0]]
    content = archive_of(records, without=("token",))
    assert b'"token"' not in content.splitlines()[0]
    assert checked(content, tmp_path).digest.counts["token"] == 0
    fault = fault_in(archive_of(SMALL, without=("token",)), tmp_path)
    assert (fault.place, fault.reason) == ("line 4", "kind: is token, which the first line does not name")


def test_an_archive_cannot_lack_the_settings(tmp_path: Path) -> None:
    assert fault_in(archive_of(SMALL, without=("settings",)), tmp_path).reason == "kinds: has no settings"
