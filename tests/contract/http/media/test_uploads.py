"""Files are uploaded: as forms or alone, cleaned, once for the same bytes, within limits."""

import asyncio
import resource
from hashlib import sha256
from io import BytesIO

import httpx
import pytest
from PIL import Image

from tests.contract.http.calls import assert_problem, read
from tests.contract.http.media.files import MEDIA_FIELDS, PDF, SVG, document, picture, send, upload
from tests.contract.http.people import PEOPLE, headers_of
from tests.unit.media.pictures import SECRET, gif, jpeg

ANN = PEOPLE["author"].user


async def test_an_upload_is_answered_with_its_facts(client: httpx.AsyncClient) -> None:
    response = await send(
        client, jpeg(6), name="../Der Süße Bär 🐻.PNG", by="author", fields={"alt": "A bear"}
    )
    assert response.status_code == 201, response.text
    file = response.json()
    assert set(file) == MEDIA_FIELDS
    assert response.headers["location"] == f"/media/{file['id']}"
    assert file["name"] == "der-susse-bar-bear.jpg"  # its type, whatever its name says
    assert file["url"] == f"/media/{file['digest']}/der-susse-bar-bear.jpg"
    assert file["id"] == file["digest"][:24]
    assert (file["type"], file["width"], file["height"]) == ("image/jpeg", 24, 40)
    assert (file["alt"], file["focus"], file["animated"], file["version"]) == ("A bear", None, False, 1)
    assert file["author"] == {"id": ANN.id, "name": ANN.name}
    assert file["created_at"] == file["updated_at"]
    got = await read(client, f"/media/{file['id']}")
    assert (got.json(), got.headers["etag"]) == (file, response.headers["etag"])
    content = (await read(client, file["url"])).content
    assert SECRET not in content
    assert (len(content), sha256(content).hexdigest()) == (file["size"], file["digest"])


async def test_the_same_bytes_are_the_same_file(client: httpx.AsyncClient) -> None:
    first = await send(client, picture(), by="author", fields={"alt": "First"})
    again = await send(client, picture(), name="other.png", by="editor", fields={"alt": "Again"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"]
    assert len((await read(client, "/media")).json()) == 1


async def test_a_file_can_be_uploaded_many_times_at_once(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(send(client, picture()) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 200, 201]
    assert len({each.json()["id"] for each in answers}) == 1


@pytest.mark.parametrize(
    ("query", "disposition", "name"),
    [
        ("?name=caf%C3%A9.jpeg&alt=%C3%89", "", "cafe.png"),
        ("?alt=%C3%89", "attachment; filename=from-header.gif", "from-header.png"),
        ("?alt=%C3%89", "attachment; filename*=UTF-8''%C3%BC%20b", "u-b.png"),
        ("?alt=%C3%89", "", "file.png"),
    ],
)
@pytest.mark.long_but_on("sqlite")  # the stores see the same
async def test_a_file_can_be_sent_alone(
    client: httpx.AsyncClient, query: str, disposition: str, name: str
) -> None:
    headers = {"content-disposition": disposition} if disposition else {}
    response = await client.post(f"/media{query}", content=picture(), headers=headers)
    assert response.status_code == 201, response.text
    assert response.json()["alt"] == "É"
    assert response.json()["name"] == name


REFUSED = {
    "nothing": (b"", 415),
    "text": (b"Hello", 415),
    "HTML": (b"<!doctype html><script>alert(1)</script>", 415),
    "a program": (b"MZ" + bytes(100), 415),
    "an archive": (b"PK\3\4" + bytes(100), 415),
    "half a picture": (picture()[:40], 422),
    "a picture with a wrong checksum": (picture().replace(b"IDAT", b"IDAX"), 422),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.long_but_on("sqlite")
async def test_what_is_no_clean_file_is_refused(client: httpx.AsyncClient, name: str) -> None:
    content, status = REFUSED[name]
    assert_problem(await send(client, content), status, *(["file"] if status == 422 else []))
    assert_problem(await client.post("/media", content=content), status)
    assert (await read(client, "/media")).json() == []


@pytest.mark.parametrize("content", [SVG, PDF, gif(2)], ids=["svg", "pdf", "gif"])
@pytest.mark.long_but_on("sqlite")
async def test_other_types_are_accepted(client: httpx.AsyncClient, content: bytes) -> None:
    file = await upload(client, content)
    assert file["type"] in {"image/svg+xml", "application/pdf", "image/gif"}
    assert file["animated"] == (file["type"] == "image/gif")


@pytest.mark.long_but_on("sqlite")
async def test_a_file_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    too_large = bytes(20_000_001)
    assert_problem(await client.post("/media", content=too_large), 413)
    assert_problem(await send(client, too_large), 413)

    async def endless() -> object:
        while True:
            yield bytes(1_000_000)

    assert_problem(await client.post("/media", content=endless()), 413)  # type: ignore[arg-type]
    wide = Image.new("1", (50_001, 1_000))
    file = BytesIO()
    wide.save(file, "PNG")
    assert_problem(await send(client, file.getvalue()), 413)


FORMS: dict[str, tuple[bytes, str, int]] = {
    "no boundary": (b"", "multipart/form-data", 400),
    "an empty form": (b"--x--\r\n", "multipart/form-data; boundary=x", 422),
    "no form": (b"nothing", "multipart/form-data; boundary=x", 400),
    "the file is a field": (
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nA\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        422,
    ),
    "no name": (b"--x\r\nContent-Type: a/b\r\n\r\nA\r\n--x--\r\n", "multipart/form-data; boundary=x", 400),
    "the end is missing": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nGIF89a',
        "multipart/form-data; boundary=x",
        400,
    ),
    "two files": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nA\r\n' * 2 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
        400,
    ),
    "many fields": (
        b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\nA\r\n' * 6 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
        400,
    ),
    "a long field": (
        b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\n' + b"A" * 20_000 + b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
        400,
    ),
    "a long header": (
        b'--x\r\nContent-Disposition: form-data; name="' + b"A" * 100_000 + b'"\r\n\r\nA\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        400,
    ),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.long_but_on("sqlite")
async def test_a_malformed_form_is_refused(client: httpx.AsyncClient, name: str) -> None:
    content, kind, status = FORMS[name]
    assert_problem(await client.post("/media", content=content, headers={"content-type": kind}), status)


@pytest.mark.long_but_on("sqlite")
async def test_facts_are_validated(client: httpx.AsyncClient) -> None:
    assert_problem(await send(client, picture(), fields={"alt": "x" * 1_001}), 422, "alt")
    assert_problem(await send(client, picture(), fields={"alt": "\x00"}), 422, "alt")
    assert_problem(await send(client, picture(), fields={"title": "x"}), 422, "title")
    assert_problem(await client.post("/media", params={"alt": "x" * 1_001}, content=picture()), 422, "alt")
    assert_problem(await client.post("/media", params={"name": "x" * 1_001}, content=picture()), 422, "name")


async def test_an_upload_requires_a_token(client: httpx.AsyncClient) -> None:
    assert_problem(await send(client, picture(), by="nobody"), 401)
    response = await client.post("/media", content=picture(), headers=headers_of("author"))
    assert response.status_code == 201


@pytest.mark.long_but_on("sqlite")
async def test_a_full_disk_is_507_and_nothing_is_kept(client: httpx.AsyncClient) -> None:
    content = document(3_000_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))
    try:
        answers = [await client.post("/media", content=content), await send(client, content)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for answer in answers:
        assert_problem(answer, 507)
    assert (await read(client, "/media")).json() == []
    assert (await upload(client))["size"] > 0
