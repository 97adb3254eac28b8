"""Detection of passwords that are easy to guess: common ones, patterns, names and addresses."""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache

_ENOUGH = 10**7
"""Guesses. Online attempts are limited to some hundred an hour, and a stolen hash is slow to check."""
_PIECE = 20
"""Characters. The time of zxcvbn grows with the square of the length."""
_MOST_PIECES = 4
_SHORTEST_WORD = 3
_CYRILLIC_KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюёіїєґ",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'\\",
)
"""The Latin letters on the same keys: `gfhjkm` is as common as `пароль`, which it stands for."""
_CYRILLIC_SOUNDS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэіґ", "abvgdeziiklmnoprstufhyeig", strict=True))
    | {
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ю": "yu",
        "я": "ya",
        "є": "e",
        "ъ": "",
        "ь": "",
    }
)
_FOREIGN_WORDS = (
    "contrasena contrasenya clave passwort kennwort geheim hallo schatz motdepasse bonjour doudou jetaime "
    "senha palavrapasse teamo tequiero parola parole haslo heslo lozinka wachtwoord welkom losenord passord "
    "adgangskode salasana jelszo parool slaptazodis sifre parolasi matkhau katasandi rahasia pasahitza "
    "пароль привет любовь наташа κωδικος συνθηματικο סיסמה סיסמא كلمةالسر كلمةالمرور رمزعبور पासवर्ड कूटशब्द "
    "รหัสผ่าน 密码 密碼 口令 暗証番号 パスワード ぱすわーど 비밀번호 암호 사랑해 "
    "qwertzuiop asdfghjkl yxcvbnm azertyuiop qsdfghjklm wxcvbn aoeuidhtns ςερτυθιοπ ασδφγηξκλ ζχψωβνμ "
    "קראטוןםפ שדגכעיחלך זסבהנמצתץ ضصثقفغعهخحجد شسيبلاتنمكط ئءؤرلاىةوزظ "
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ ㅁㄴㅇㄹㅎㅗㅓㅏㅣ"
)
"""Common words, and rows of keys, in languages that zxcvbn does not cover."""
_FAMOUS = (
    "correcthorsebatterystaple",
    "thequickbrownfoxjumpsoverthelazydog",
    "tobeornottobe",
    "loremipsumdolorsitamet",
)
"""Well-known passphrases."""
_BLANKS = re.compile(r"[\s._-]+")
_TIME = re.compile(
    r"""
    \d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?z?
    | (?<= (?:19|20)\d{6} | \d{4}(?:19|20)\d\d ) t? (?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?z? (?!\d)
    """,
    re.VERBOSE,
)
_lock = threading.Lock()
"""zxcvbn stores state of each call in a variable of its module."""


def is_weak(password: str, about: Iterable[str] = ()) -> bool:
    """Whether an attacker who knows these words about the user would find the password within ten million
    guesses. Takes up to half a second, usually a millisecond: do not call it on the event loop.

    The user's names, spaces and accents do not make a password stronger. A long password is weak if each of
    its first pieces is.
    """
    words = {word for text in about for form in _forms(text) for word in _words(form)}
    known = sorted({*words, *_FAMOUS}, key=len, reverse=True)
    forms = _forms(password)
    return any(map(_is_guessed, dict.fromkeys((*forms, *(_without(form, known) for form in forms)))))


def _forms(text: str) -> Iterable[str]:
    """The text as it is, without spaces, and in the Latin letters of the same keys or sounds."""
    small, plain = _small(text), _plain(text)
    dateless = _BLANKS.sub("", _TIME.sub("", plain))
    forms = [plain, _BLANKS.sub("", plain), dateless, _TIME.sub("", dateless)]
    if len(set(plain[1::2])) == 1:
        forms.append(plain[::2])
    if (keys := small.translate(_CYRILLIC_KEYS)) != small:
        forms += (_BLANKS.sub("", each) for each in (keys, plain.translate(_CYRILLIC_SOUNDS)))
    return tuple(dict.fromkeys(forms))


def _small(text: str) -> str:
    """The text without differences of case and width, and without formatting characters."""
    shown = "".join(
        each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf"
    )
    return unicodedata.normalize("NFC", shown.casefold())


def _plain(text: str) -> str:
    """The small text without accents."""
    decomposed = unicodedata.normalize("NFKD", _small(text))
    unaccented = "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
    return unicodedata.normalize("NFC", unaccented)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


@cache
def _foreign_words() -> list[str]:
    return [_plain(word) for word in _FOREIGN_WORDS.split()]


def _once(text: str) -> str:
    """The text without further repetitions of its beginning; the last repetition may be incomplete."""
    for size in range(1, min(_PIECE, len(text) // 2) + 1):
        if text[size:] == text[:-size]:
            return text[: 2 * size]
    return text


def _is_guessed(text: str) -> bool:
    text = _once(text)
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    return all(map(_is_piece_guessed, pieces[:_MOST_PIECES]))


def _is_piece_guessed(piece: str) -> bool:
    import zxcvbn  # lazily: importing it takes longer than most commands do

    with _lock:
        return int(zxcvbn.zxcvbn(piece, _foreign_words())["guesses"]) < _ENOUGH


def _words(text: str) -> Iterable[str]:
    """The words in a name or an address."""
    parts = "".join(each if each.isalnum() else " " for each in text).split()
    return (word for word in (text, *parts) if len(word) >= _SHORTEST_WORD)
