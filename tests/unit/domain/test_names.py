"""Readable names and look-alike names."""

import itertools

import pytest

from everpost.domain.people.names import imitated_keys, name_key, readable_name
from everpost.domain.people.users import checked_email, checked_name
from everpost.errors import Invalid

READABLE = (
    *(
        "Ann",
        "\u017dlu\u0165ou\u010dk\u00fd",
        "Jose\u0301",
        "O'Brien",
        "Jean-Luc P.",
        "...",
        "a\u00a0b",
        "\u674e",
    ),
    *("\u5c71\u7530\u3000\u592a\u90ce", "\u845b\U000e0100\u57ce", "\u0928\u0947\u092a\u093e\u0932"),
    *("\u0915\u094d\u200d\u0937", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    *("രാജന്\u200d", "র\u200d্যাচেল", "ক্\u200c", "🩷 Pia", "🩷\ufe0f Pia", "🫩", "\U0001f9d1\u200d\U0001fa8f"),
    *("ᠮᠣᠩᠭᠣᠯ", "ᠬᠠᠷ\u180eᠠ", "ᠨ\u180bᠠ", "ᠳ\u180c", "ᠠ\u180d", "ᠰ\u180f", "ᠭ\u180b\u180eᠠ"),
    *(
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Ann",
        "\U0001f3f4\u200d\u2620\ufe0f",
        "\u3030\ufe0f Ann",
        "\u2139\ufe0f",
        "\u3297\ufe0f\u303d\ufe0f\u203c\ufe0f\u2194\ufe0f#\ufe0f\u20e3",
    ),
    *("דוד\u200f", "דוד \u200e(David)", "מ\u200fש", "\u200fדוד", "محمد\u200f!", "\u200eAli محمد"),
    *("\U0001f469\u200d\U0001f467", "\u2764\ufe0f Ann", "\U0001f44d\U0001f3fd", "1\ufe0f\u20e3"),
)
UNREADABLE = (
    *("", " ", "\u200b", "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u00ad", "\ufe0f", "\U000e0100"),
    *(
        "Ad\u200bmin",
        "Ad\u00admin",
        "Admin\u2060",
        "\ufeffAnn x",
        "Ann\u2800",
        "x\u034fy",
        "a\u17b4",
        "\u180e",
    ),
    *("A\u202eB", "A\u2066B", "\u200fA", "\u061cA", "a\x1b[0m", "a\nb", "a\tb", "a\x00b", "a\x7f", "a\x85b"),
    *("a\u2028b", "a\u2029b", "\u0301", "\u0301a", "a\ue000", "a\ud800", "a\u0378", "a\U000e0041", "a\uffff"),
    *("র\u200d", "রা\u200dা", "A\u200d\u0301", "A\u180b", "A\u180e", "ᠠ\u180e", "ᠠ\u180b\u180b", "\u180bᠠ"),
    *("\U0001f3f4\U000e0067", "\U0001f3f4\U000e007f", "A\U000e0067\U000e0062\U000e0065\U000e007f"),
    *("\U0001f3f4" + "\U000e0061" * 7 + "\U000e007f", "A\u200fB", "Ann\u200e", "\u200f", "1\u200f"),
    *("a\ufdd0", "\U0001ffff", "a\U0003fffe", "a\U000e0080", "a\U00050000", "a\U0010ffff", "a\u2065"),
    *("A\u200dB", "A\u200cB", "\u200d\u2764", "\u2764\u200d", "a\ufe0f", "A\U000e0100", "\u0645\u200c"),
)
ALIKE = (
    *(
        ("Admin", "ADMIN"),
        ("Admin", "admin"),
        ("Admin", "Adm1n"),
        ("Admin", "Adrnin"),
        ("Bob", "B0b"),
        ("Ian", "lan"),
    ),
    *(
        ("Admin", "\u0410dmin"),
        ("Admin", "\u0391dmin"),
        ("Admin", "\u0410dm\u0456n"),
        ("Admin", "Adm\u0131n"),
    ),
    *(
        ("Admin", "\u0391D\u039c\u0399\u039d"),
        ("Admin", "\uff21\uff44\uff4d\uff49\uff4e"),
        ("Admin", "\u1d00dmin"),
    ),
    *(("Admin", "\U0001d400\U0001d41d\U0001d426\U0001d422\U0001d427"), ("Ann Author", "Ann \u00a0 Author")),
    *(
        ("Stra\u00dfe", "STRASSE"),
        ("\u00c1dmin", "A\u0301dmin"),
        ("\u0418\u0432\u0430\u043d", "\u0418\u0412\u0410\u041d"),
    ),
)
MIXED = (
    *(("Виктор", "Bиктор"), ("Виктор", "Bиkтop"), ("Наташа", "Hаташа"), ("Наташа", "Hatаша")),
    *(("Νίκος", "Nίκος"), ("Νίκος", "Νίκoς"), ("Νίκος", "ΝΊΚΟΣ"), ("ΝΊΚΟΣ", "Νίκος"), ("νίκος", "Νίκος")),
    *(("Нина", "HИНA"), ("НИНА", "Hинa"), ("Мария", "Mapия"), ("Άννα", "Áννα"), ("ADMIN", "ΑDΜΙΝ")),
    *(
        ("ΑDΜΙΝ", "admin"),
        ("Ærik", "Ӕrik"),
        ("Straße", "Straβe"),
        ("Strasse", "Straβe"),
        ("Łukasz", "L\u0337ukasz"),
    ),
    *(
        ("Admin", "Admin\u0323"),
        ("Admin", "A\u0332d\u0332min"),
        ("Admin", "A\u0336dmin"),
        ("Admin", "A\u20dddmin"),
    ),
    *(("Admin", "A\u1e0dmin"), ("Admin", "Admi\u0307n"), ("istanbul", "\u0130stanbul")),
    *(("Admin", "🅐🅓🅜🅘🅝"), ("Admin", "🅰🅳🅼🅸🅽"), ("Admin", "🄰🄳🄼🄸🄽"), ("Admin", "ⒶⒹⓂⒾⓃ")),
    *(("Admin", "🇦🇩🇲🇮🇳"), ("Bob 12", "Bob ❶➋"), ("DAVE", "ꓓꓮꓦꓰ"), ("DAVE", "ᎠᎪᏙᎬ"), ("dave", "ᎠᎪᏙᎬ")),
    *(("MOP", "ⲘⲞⲢ"), ("mop", "ⲙⲟⲣ"), ("محمد", "محـمد"), ("علي", "علی"), ("کریم", "كريم")),
    *(("דוד", "דוד\u200f"), ("דוד", "ד\u200eוד"), ("Pia", "🩷 Pia".removeprefix("🩷 ") + "\ufe0f")),
    *((f"O{one}Brien", f"O{other}Brien") for one, other in itertools.pairwise("'’ʼ‘′`´‛ʹʻ\uff07'")),
    *((f"Jean{one}Luc", f"Jean{other}Luc") for one, other in itertools.pairwise("-‐‑‒–—−‒―\uff0d⁃-")),
)


@pytest.mark.parametrize(("name", "imitation"), MIXED)
def test_scripts_may_be_mixed_in_names_that_look_alike(name: str, imitation: str) -> None:
    assert name_key(name) in imitated_keys(imitation)
    assert name_key(imitation) in imitated_keys(name)
    assert len(name_key(imitation)) == 64


@pytest.mark.parametrize("name", READABLE)
def test_a_name_in_any_script_is_kept(name: str) -> None:
    assert checked_name(f" {name} ") == name


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_name_that_shows_nothing_or_hides_something_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        checked_name(name)


@pytest.mark.parametrize("name", READABLE)
def test_a_readable_name_stays_as_it_is(name: str) -> None:
    assert readable_name(f" {name}\t") == name


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_cleaned_name_is_readable(name: str) -> None:
    for before, after in itertools.product(("", "Ann", "\u2764"), ("", "\u200d\u2764", "\u0301")):
        readable = readable_name(before + name + after)
        assert readable.startswith(before)
        assert not readable or checked_name(readable) == readable == readable_name(readable)


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("A\x00d\ud800a\u200b", "Ada"),
        ("Ada\r\n\tL.", "Ada L."),
        ("Ada\u2028L.\x85", "Ada L."),
        ("\u202eAda", "Ada"),
        ("\u0301Ada", "Ada"),
        ("x\ufe0f\u200d\u2764", "x\u2764"),
        ("\x1b[31mAda", "[31mAda"),
        ("\u200b" * 100_000 + "Ada", "Ada"),
        ("\u200d" * 100_000 + "Ada", ""),
        ("Ad\u00ada \u3164", "Ada"),
    ],
)
def test_unreadable_characters_are_removed_from_a_name(name: str, readable: str) -> None:
    assert readable_name(name) == readable


@pytest.mark.parametrize(
    "character", ["\u200b", "\x1b", "\u202e", "\u00ad", "\u3164", "\ufeff", "\x00", "\ue000"]
)
def test_an_address_has_nothing_invisible_in_it(character: str) -> None:
    for address in (f"a{character}@b.example", f"a@b{character}.example"):
        with pytest.raises(Invalid, match="email"):
            checked_email(address)


@pytest.mark.parametrize(("name", "imitation"), ALIKE)
def test_names_that_look_alike_have_a_key_in_common(name: str, imitation: str) -> None:
    assert name_key(name) in imitated_keys(imitation)
    assert name_key(name) in imitated_keys(name)


def test_other_names_have_other_keys() -> None:
    names = (
        "Ann",
        "Anna",
        "Jos\u00e9",
        "Jose",
        "\u0418\u0432\u0430\u043d",
        "Ivan",
        "Ann Author",
        "AnnAuthor",
        "Виктор",
        "Виктория",
        "Νίκος",
        "Νίκη",
        "Hannah",
        "Van",
        "Yan",
        "محمد",
        "أحمد",
        "דוד",
        "দীপা",
        "O'Brien",
        "OBrien",
        "Jean-Luc",
        "Jean Luc",
        "李",
        "王",
    )
    assert len({name_key(name) for name in names}) == len(names)
