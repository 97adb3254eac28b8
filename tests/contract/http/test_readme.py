"""README.md is short, and its first post works as printed, on every store."""

import re
import shlex
from pathlib import Path

import httpx

from tests.contract.http.people import headers_of

PAGE = Path(__file__).parents[3] / "README.md"
MOST_LINES = 80
API = "localhost:8000/api"
"""The API's address on the page; the client of these tests has it at the root."""
HEADERS = {"$AUTH": headers_of("admin"), "$JSON": {"content-type": "application/json"}}
"""The headers that the page exports, by the variable it puts them in."""


def commands() -> list[list[str]]:
    """The arguments of each curl command under "A first post"."""
    section = PAGE.read_text().partition("\n## A first post\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```console\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    lines = block.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[2:] for line in lines if line.startswith("$ curl ")]


def request_of(client: httpx.AsyncClient, target: str, *options: str) -> httpx.Request:
    """The request that curl sends with these arguments."""
    given = list(zip(options[0::2], options[1::2], strict=True))
    body = next((value for option, value in given if option == "-d"), None)
    request = client.build_request("GET" if body is None else "POST", target.removeprefix(API), content=body)
    del request.headers["authorization"]
    for option, value in given:
        if option == "-H":
            request.headers.update(HEADERS[value])
    return request


async def test_the_first_post_of_the_readme_ends_with_its_approved_comment(client: httpx.AsyncClient) -> None:
    publish, comment, queue, decide, read = commands()
    assert (await client.send(request_of(client, *publish))).status_code == 201
    assert (await client.send(request_of(client, *comment))).status_code == 201
    (waiting,) = (await client.send(request_of(client, *queue))).json()
    decide = [each.replace("<id>", waiting["id"]) for each in decide]
    decide = [each.replace("<revision>", waiting["revision"]) for each in decide]
    assert (await client.send(request_of(client, *decide))).status_code == 200
    post = (await client.send(request_of(client, *read))).json()
    assert post["title"] == "Hello"
    assert [each["content"] for each in post["comments"]] == ["The first comment."]


def test_the_readme_can_be_read_in_a_minute() -> None:
    assert len(PAGE.read_text().splitlines()) <= MOST_LINES
