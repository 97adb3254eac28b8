"""Passwords that an attacker would try early."""

import pytest

from everpost.domain.people.users import MAX_PASSWORD
from everpost.errors import Invalid
from everpost.services.accounts.passwords import hash_new_password, hash_password, is_right
from everpost.services.accounts.weak_passwords import is_weak
from tests.steps import counted

ABOUT = ("Nora Newman-Olsen", "nora.newman@fjord-blog.example", "everpost")

WEAK = [
    "passwordpassword",
    "PasswordPassword",
    "password12345",
    "123456789012",
    "1234567890123456",
    "098765432109",
    "            ",
    "\u2003" * 12,
    "\u3000" * 20,
    "aaaaaaaaaaaa",
    "ababababababab",
    "abcdefghijkl",
    "zyxwvutsrqpo",
    "qwertyuiop[]",
    "qwertyuiop123",
    "1qaz2wsx3edc",
    "q1w2e3r4t5y6",
    "asdfghjkl123",
    "zxcvbnm12345",
    "!@#$%^&*()_+",
    "P@ssw0rd1234",
    "p@$$w0rdp@$$w0rd",
    "iloveyou1234",
    "iloveyouforever",
    "administrator",
    "administrator1",
    "unbelievable",
    "manchesterunited",
    "liverpool123",
    "letmeinletmein",
    "welcome12345",
    "changeme1234",
    "trustno1trustno1",
    "sunshine2024",
    "19801980198019",
    "0101200001012000",
    "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44" * 2,
    "\U0001d429\U0001d41a\U0001d42c\U0001d42c\U0001d430\U0001d428\U0001d42b\U0001d41d" * 2,
    "pass\u200bwordpass\u00adword",
    "\u200b" * 12,
    "nora.newman@fjord-blog.example",
    "NORA.NEWMAN@FJORD-BLOG.EXAMPLE",
    "nora.newman1",
    "noranewman123",
    "newman-olsen",
    "fjord-blog.example",
    "fjordblog2024",
    "everpost1234",
    "everposteverpost",
    *("p a s s w o r d 1 2", "  password1234  ", "pass word 12 34", "p-a-s-s-w-o-r-d-1", "p*a*s*s*w*o*r*d"),
    *(
        "passw\u00f6rd1234",
        "p\u00e1ssw\u00f3rd p\u00e1ssw\u00f3rd",
        "contrase\u00f1a123",
        "Contrase\u00f1a Contrase\u00f1a",
    ),
    *("пароль123456", "пароль пароль", "ПАРОЛЬ пароль 1", "йцукенгшщзхъ", "фывапролджэ1", "ячсмитьбю123"),
    *(
        "наташа123456",
        "любовь любовь",
        "κωδικός12345",
        "passwort1234",
        "motdepasse12",
        "Mot de passe 1",
        "senha senha 1",
    ),
    *(
        "qwertzuiop12",
        "azertyuiop12",
        "密码密码密码密码",
        "パスワード12345",
        "비밀번호12345678",
        "סיסמה123456",
    ),
    *(
        "2026-11-30 07:00",
        "2026-11-30T07:00:00Z",
        "30.11.2026 07:00",
        "202611300700",
        "07:00 2026-11-30",
        "20261130 070000",
    ),
    *(
        "correct horse battery staple",
        "CorrectHorseBatteryStaple1",
        "correct-horse-battery-staple",
        "To be or not to be",
    ),
    *("nora newman nora", "n o r a newman 1", "N\u00f3ra N\u00e9wm\u00e1n 12"),
    *("password" * (MAX_PASSWORD // 8), "12345678" * (MAX_PASSWORD // 8), "password1!" * 5 + "pass"),
    "a" * MAX_PASSWORD,
    " " * MAX_PASSWORD,
]

STRONG = [
    "correct horse battery",
    "four words, correct horse battery staple included",
    "another horse battery",
    "на дворе трава на траве",
    "η θάλασσα το βράδυ",
    "x k 9 m p 2 v l 5 q",
    "lunch at 12:30 with aunt Mildred",
    "xK9#mP2$vL5@" * 3 + "xK9",
    "a newer password",
    "chosen by the thief",
    "my dog is blue",
    "a dummy password",
    "Tr0ub4dor&3 and more",
    "xK9#mP2$vL5@",
    "caf\u00e9 cr\u00e8me at noon",
    "\u041c\u043e\u0441\u043a\u0432\u0430 \u043d\u0435 \u0441\u0440\u0430\u0437\u0443",
    "nora likes purple tractors",
    "a" * 40 + "xK9#mP2$vL5@",
    "".join(chr(0x4E00 + 37 * number) for number in range(MAX_PASSWORD)),
]


@pytest.mark.parametrize("password", WEAK, ids=range(len(WEAK)))
def test_a_password_that_is_guessed_early_is_weak(password: str) -> None:
    assert is_weak(password, ABOUT)


@pytest.mark.parametrize("password", STRONG, ids=range(len(STRONG)))
def test_another_one_is_not(password: str) -> None:
    assert not is_weak(password, ABOUT)


def test_words_about_a_user_are_not_kept_for_the_next_one() -> None:
    assert is_weak("zarquon.beeblebrox", ["zarquon@beeblebrox.example"])
    assert not is_weak("zarquon.beeblebrox", ["nora@blog.example"])


@pytest.mark.parametrize("symbols", ["4@8({[<369", "0123456789"])
def test_the_longest_password_takes_no_longer_than_four_pieces(symbols: str) -> None:
    """zxcvbn's time grows quickly with the length, and with letters that may stand for others."""
    piece = (symbols * 20)[:20]
    whole = (symbols * MAX_PASSWORD)[:MAX_PASSWORD]

    def steps_for(password: str) -> int:
        is_weak(password)  # what is cached from now on takes no steps
        with counted() as steps:
            is_weak(password)
        return steps.count

    assert steps_for(whole) < 10 * steps_for(piece)


async def test_only_a_new_password_has_to_be_strong() -> None:
    with pytest.raises(Invalid) as refused:
        await hash_new_password("passwordpassword")
    assert refused.value.field == "password"
    assert "easy to guess" in refused.value.reason
    assert await is_right("passwordpassword", await hash_password("passwordpassword"))
    assert await is_right("correct horse battery", await hash_new_password("correct horse battery", *ABOUT))


@pytest.mark.parametrize("password", ["", "short", "a" * (MAX_PASSWORD + 1), "a lone surrogate: \ud800"])
async def test_what_cannot_be_a_password_is_refused_as_before(password: str) -> None:
    with pytest.raises(Invalid):
        await hash_new_password(password)
