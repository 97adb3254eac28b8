"""Posts found by words in their titles."""

from collections.abc import Sequence

import httpx
import pytest

from everpost.services.search import titles
from tests.contract.http.calls import assert_problem, next_page, publish, read
from tests.contract.http.people import Who, headers_of

TITLES = (
    "The Old Garden",
    "GARDENING in winter",
    "Ein GROẞER Garten",
    "Ölige Straße",
    "ﬁnal 50%_\\",
    "İzmir",
)


async def search(
    client: httpx.AsyncClient, words: str, *, who: Who = "other author", **more: str
) -> Sequence[str]:
    parameters = {"title": words, "limit": "100", **more}
    answer = await client.get("/posts", params=parameters, headers=headers_of(who))
    assert answer.status_code == 200
    return [post["title"] for post in answer.json()]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        *(("garden", [0, 1]), ("GARDEN old", [0]), ("gard winter", [1]), ("garden tea", []), ("", range(6))),
        *(("großer", [2]), ("GROSSER", [2]), ("strasse", [3]), ("ö", [3]), ("O\u0308lige", [3]), ("%", [4])),
        *(("_", [4]), ("\\", [4]), ("Final", [4]), ("^", []), (".*", []), (" ", range(6))),
    ],
    ids=range(17),
)
async def test_titles_are_compared_whatever_their_case_and_script(
    client: httpx.AsyncClient, words: str, numbers: Sequence[int]
) -> None:
    for number, title in enumerate(TITLES):
        await publish(client, title=title, publication_date=f"2026-01-0{9 - number}T00:00:00Z")
    assert await search(client, words) == [TITLES[number] for number in numbers]


async def test_other_filters_and_permissions_hold(client: httpx.AsyncClient) -> None:
    await publish(client, title="A garden", tags=["a"])
    await publish(client, title="A secret garden", status="draft")
    await publish(client, title="A garden page", kind="page")
    await publish(client, title="A future garden", publication_date="2999-01-01T00:00:00Z")
    assert await search(client, "garden") == ["A garden"]
    assert await search(client, "garden", tag="b") == []
    assert await search(client, "garden", kind="page") == ["A garden page"]
    assert await search(client, "garden", status="draft") == []
    assert await search(client, "garden", who="editor", status="draft") == ["A secret garden"]
    slug = (await read(client, "/posts?title=garden")).json()[0]["slug"]
    assert len((await read(client, f"/posts?slug={slug}&title=Garden")).json()) == 1
    assert (await read(client, f"/posts?slug={slug}&title=tree")).json() == []


@pytest.mark.parametrize("sort", ["-publication_date", "updated_at"])
async def test_pages_continue_even_if_one_call_compares_too_few(
    client: httpx.AsyncClient, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "_BATCH", 3)
    monkeypatch.setattr(titles, "MOST_COMPARED", 6)
    for number in range(20):
        await publish(client, title=f"{'even' if number % 7 == 0 else 'odd'} {number}")
    everything = [post["title"] for post in (await read(client, f"/posts?sort={sort}&limit=100")).json()]
    for limit in (1, 2, 100):
        found: list[str] = []
        path: str | None = f"/posts?title=even&limit={limit}&sort={sort}"
        while path:
            answer = await read(client, path)
            assert len(answer.json()) <= limit
            found += [post["title"] for post in answer.json()]
            path = next_page(answer)
        assert found == [title for title in everything if title.startswith("even")]


@pytest.mark.parametrize("other", ["skip=1", "count=true"])
async def test_options_that_need_all_titles_are_refused(client: httpx.AsyncClient, other: str) -> None:
    assert_problem(await client.get(f"/posts?title=a&{other}"), 422)
