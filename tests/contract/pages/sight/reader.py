"""A reader who looks at everything, follows every link to another page, and keeps validators."""

import json
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from lxml import etree, html

from tests.contract.pages.conftest import Site
from tests.contract.pages.sight.words import decoded, ids_in, text_of, words_in

ATOM = "{http://www.w3.org/2005/Atom}"
_MOST_PAGES = 30


@dataclass(frozen=True)
class Look:
    """What was seen at a path and on the pages that follow it."""

    path: str
    status: int
    location: str
    answers: list[httpx.Response]

    @property
    def words(self) -> set[str]:
        """The words, without those in the cursor that was sent: a page names itself."""
        found = {word for answer in self.answers for word in words_in(text_of(answer))}
        return found - words_in(decoded(self.path.partition("?")[2]))

    @property
    def ids(self) -> set[str]:
        """The ids, without those that were asked for."""
        found = {each for answer in self.answers for each in ids_in(text_of(answer))}
        return found - ids_in(decoded(self.path))


class Reader:
    """Reads pages, and checks that no validator gathered earlier stands for a page that has changed."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._seen: dict[str, dict[str, tuple[bytes, str]]] = defaultdict(dict)
        """For each path and each ETag, the body and its date."""
        self._read: set[str] = set()

    async def look(self, path: str) -> Look:
        """Read the path, and the pages that follow it in its list or feed."""
        answers = [await self.get(path)]
        first = answers[0]
        while (following := _next_of(answers[-1])) is not None:
            answers.append(await self.get(following))
            assert answers[-1].status_code == 200, (following, "an empty page that a link led to")
            assert len(answers) < _MOST_PAGES
        return Look(path, first.status_code, first.headers.get("location", ""), answers)

    async def look_again(self) -> list[Look]:
        """Read the addresses that were read earlier but not this time, such as pages after old cursors."""
        paths = [path for path in self._seen if path not in self._read]
        looks = [Look(path, 0, "", [await self.get(path)]) for path in paths]
        self._read.clear()
        return looks

    async def read_file(self, path: str) -> httpx.Response:
        """The bytes of an uploaded file, which never change."""
        return await self._site.get(path)

    async def get(self, path: str) -> httpx.Response:
        answer = await self._site.get(path)
        self._read.add(path)
        assert answer.status_code in {200, 301, 302, 303, 404}, (path, answer.status_code)
        await self._check_validators(path, answer)
        if answer.status_code == 200:
            modified = answer.headers["last-modified"]
            self._seen[path][answer.headers["etag"]] = answer.content, modified
        return answer

    async def _check_validators(self, path: str, answer: httpx.Response) -> None:
        """Ask again under the conditions that caches with the earlier states of the page would send."""
        known = self._seen.get(path, {})
        outdated = {tag: dated for tag, (body, dated) in known.items() if body != answer.content}
        if outdated:
            conditions = [{"if_none_match": ", ".join(outdated)}]
            conditions += [{"if_modified_since": dated} for dated in set(outdated.values())]
            for condition in conditions:
                again = await self._site.get(path, **condition)
                assert again.status_code == answer.status_code, (path, condition)
                assert again.content == answer.content, (path, condition)
        if (tag := answer.headers.get("etag")) is not None:
            assert tag not in outdated, (path, "the ETag of another state")
            assert (await self._site.get(path, if_none_match=tag)).status_code == 304, path


def _next_of(answer: httpx.Response) -> str | None:
    """The path of the next page of a list, a feed or a thread."""
    if answer.status_code != 200:
        return None
    match answer.headers["content-type"].partition(";")[0]:
        case "text/html":
            found = html.document_fromstring(answer.text).xpath("//a[@rel='next']/@href")
        case "application/feed+json":
            found = [json.loads(answer.content).get("next_url")]
        case "application/atom+xml" | "application/rss+xml":
            found = etree.fromstring(answer.content).xpath(
                "//a:link[@rel='next']/@href", namespaces={"a": ATOM[1:-1]}
            )
        case _:
            found = []
    return path_of_url(str(found[0])) if found and found[0] else None


def path_of_url(url: str) -> str:
    """The path and the query of a URL on the blog."""
    parts = urlsplit(url)
    assert parts.netloc in {"", "blog.example"}, url
    return parts.path + (f"?{parts.query}" if parts.query else "")
