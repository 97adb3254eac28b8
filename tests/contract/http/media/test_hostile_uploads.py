"""Whatever is uploaded, under whatever name: the answer is a clear refusal or a clean file."""

import random
import zlib
from hashlib import sha256

import httpx
import pytest

from everpost.domain.media.types import MediaType
from everpost.media.names import safe_name
from tests.contract.http.calls import assert_problem, read
from tests.contract.http.media.files import PDF, SVG, send
from tests.unit.media.pictures import PICTURES, PNG, chunk, header
from tests.volume import examples

MUTANTS = 40
ACCEPTED, REFUSED = {200, 201}, {413, 415, 422}
SOURCES = [*PICTURES.values(), SVG, PDF]
NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\a.dll",
    "\U0001f43b\U0001f43b.png",
    "a" * 255,
    "é" * 127 + ".png",
    "con.png",
    ".htaccess",
    "a.php.png",
    'a";b=".png',
    "a\r\nSet-Cookie: b.png",
    "a\x00.png",
    "<script>.png",
    "%2e%2e%2f.png",
    "/",
]
BOMBS = {
    "pixels": header(50_000, 50_000) + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b""),
    "no pixels": header(0, 0) + chunk(b"IEND", b""),
    "data": header(1, 1) + chunk(b"IDAT", zlib.compress(bytes(50_000_000))) + chunk(b"IEND", b""),
    "profile": header(1, 1)
    + chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50_000_000)))
    + chunk(b"IDAT", zlib.compress(bytes(4)))
    + chunk(b"IEND", b""),
    "lengths": PNG + b"\xff\xff\xff\xffIHDR" + bytes(100),
    "entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
}
HARMLESS = {"data", "entities"}
"""The bombs of which a harmless file may be made."""
POLYGLOTS = {
    "jpeg and zip": PICTURES["jpeg"] + b"PK\3\4" + bytes(100),
    "gif and script": PICTURES["gif"] + b"=1;alert(1)",
    "png and html": PICTURES["png"] + b"<script>alert(1)</script>",
    "html in front": b"<html>" + PICTURES["png"],
}


def mutants(count: int, seed: int) -> list[bytes]:
    """Files that were damaged in transit, or by somebody."""
    choose = random.Random(seed)
    made = []
    for _ in range(count):
        data = bytearray(choose.choice(SOURCES))
        match choose.randrange(4):
            case 0:
                del data[choose.randrange(len(data)) :]
            case 1:
                for _ in range(choose.randrange(1, 8)):
                    data[choose.randrange(len(data))] = choose.randrange(256)
            case 2:
                place = choose.randrange(len(data))
                data[place:place] = choose.randbytes(choose.randrange(1, 50))
            case _:
                other = choose.choice(SOURCES)
                data[choose.randrange(len(data)) :] = other[choose.randrange(len(other)) :]
        made.append(bytes(data))
    return made


async def check(client: httpx.AsyncClient, content: bytes, name: str = "a.png") -> int:
    """Upload the file; if it was accepted, it is what its record says."""
    response = await send(client, content, name=name)
    assert response.status_code in ACCEPTED | REFUSED, (response.status_code, content[:50])
    if response.status_code in REFUSED:
        assert_problem(response, response.status_code)
        return response.status_code
    file = response.json()
    stored = (await read(client, file["url"])).content
    assert (sha256(stored).hexdigest(), len(stored)) == (file["digest"], file["size"])
    return response.status_code


@pytest.mark.long_but_on("sqlite")
async def test_damaged_files_are_refused_or_clean(client: httpx.AsyncClient) -> None:
    outcomes = {await check(client, content) for content in mutants(examples(MUTANTS), seed=1)}
    assert outcomes & ACCEPTED
    assert outcomes & REFUSED


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.long_but_on("sqlite")
async def test_bombs_do_not_go_off(client: httpx.AsyncClient, name: str) -> None:
    status = await check(client, BOMBS[name])
    assert status in REFUSED or name in HARMLESS


@pytest.mark.parametrize("name", POLYGLOTS)
@pytest.mark.long_but_on("sqlite")
async def test_only_one_of_two_files_in_one_is_kept(client: httpx.AsyncClient, name: str) -> None:
    if await check(client, POLYGLOTS[name]) in ACCEPTED:
        file = (await read(client, "/media")).json()[0]
        content = (await read(client, file["url"])).content
        assert b"alert" not in content
        assert b"PK\3\4" not in content


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.long_but_on("sqlite")
async def test_every_name_becomes_a_safe_one(client: httpx.AsyncClient, name: str) -> None:
    response = await send(client, PICTURES["png"], name=name)
    assert response.status_code == 201, response.text
    stored = response.json()["name"]
    assert stored == safe_name(stored, MediaType.PNG)
    assert len(stored) <= 100
    assert (await read(client, response.json()["url"])).status_code == 200
