"""Names of files for URLs."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.media.types import MediaType
from everpost.media.names import safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("IMG_1234.JPEG", "img-1234.jpg"),
        ("photo", "photo.jpg"),
        ("photo.jpg.php", "photo-jpg.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\boot.ini", "boot.jpg"),
        ("C:\\fotos\\Über Köln.PNG", "uber-koln.jpg"),
        ("/", "file.jpg"),
        ("..", "file.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("日本.png", "riben.jpg"),
        ("🎉.png", "tada.jpg"),
        ("a\x00b\n\r.png", "a-b.jpg"),
        ("gpj.\u202eexe.png", "gpj-exe.jpg"),
        ("CON", "con-file.jpg"),
        ("com1.png", "com1-file.jpg"),
        ("console.png", "console.jpg"),
        ("a b&c=d?e#f%41.png", "a-b-c-d-e-f-41.jpg"),
        ("\ud800.png", "file.jpg"),
        ("<script>.svg", "script.jpg"),
        ("x" * 255 + ".png", "x" * 80 + ".jpg"),
        ("word " * 60 + ".png", "-".join(["word"] * 16) + ".jpg"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, MediaType.JPEG) == safe


@given(st.text(st.characters(categories=None), max_size=300), st.sampled_from(MediaType))
def test_any_name_becomes_safe_and_stays_as_it_is_then(name: str, type_: MediaType) -> None:
    safe = safe_name(name, type_)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]{3,4}", safe)
    assert safe.endswith(type_.extension)
    assert len(safe) <= 90
    assert quote(safe) == safe
    assert safe_name(safe, type_) == safe


def test_every_type_has_an_extension_of_its_own() -> None:
    assert len({type_.extension for type_ in MediaType}) == len(MediaType)
