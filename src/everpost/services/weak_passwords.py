"""Passwords that are guessed early: common ones, patterns, names and addresses."""

import threading
import unicodedata
from collections.abc import Iterable

_ENOUGH = 10**7
"""Guesses. Who guesses online gets some hundred an hour; a stolen hash is slow to compare with."""
_PIECE = 20
"""Characters: what zxcvbn takes grows with the square of the length."""
_MOST_PIECES = 4
_SHORTEST_WORD = 3
_lock = threading.Lock()
"""zxcvbn keeps something of each call in a variable of its module."""


def is_weak(password: str, about: Iterable[str] = ()) -> bool:
    """Whether somebody who knows these words about the user finds the password within ten million guesses.
    It takes up to half a second, usually a millisecond: not for the event loop.

    What a user is called makes a password no stronger. A long one is weak where each of its first pieces is.
    """
    folded = _fold(password)
    rest = folded
    for word in sorted({word for text in about for word in _words(_fold(text))}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return _is_guessed(folded) or _is_guessed(rest)


def _is_guessed(text: str) -> bool:
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    return all(map(_is_piece_guessed, pieces[:_MOST_PIECES]))


def _is_piece_guessed(piece: str) -> bool:
    import zxcvbn  # it takes longer to import than most commands take

    with _lock:
        return int(zxcvbn.zxcvbn(piece)["guesses"]) < _ENOUGH


def _fold(text: str) -> str:
    """The text without what nobody sees or hears: case, width, characters of formatting."""
    shown = "".join(
        each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf"
    )
    return unicodedata.normalize("NFC", shown.casefold())


def _words(text: str) -> Iterable[str]:
    """A name or an address, and its parts."""
    parts = "".join(each if each.isalnum() else " " for each in text).split()
    return (word for word in (text, *parts) if len(word) >= _SHORTEST_WORD)
