"""A request of a sequence, and the parts of earlier responses that a client remembers."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias
from urllib.parse import urlencode, urlsplit

import httpx

from tests.contract.http.people import Who

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Condition = Literal["first", "latest", "weak", "both", "any", "other", "absent"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, by the admin unless another person is given. With `link`, it goes to the target of the
    link that was seen this many links ago, instead of to `path`; with `walk`, it continues from page to page
    to the end.
    """

    method: str
    path: str
    body: Json = None
    condition: Condition | None = None
    link: int | None = None
    walk: bool = False
    by: Who = "admin"
    content: bytes | None = None
    """A file to send, instead of the body."""


@dataclass(slots=True)
class Memory:
    """The tags and links that a client has seen."""

    tags: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[str] = field(default_factory=list)

    def remember(self, path: str, answer: httpx.Response) -> None:
        where = answer.headers.get("location", urlsplit(path).path)
        if "etag" in answer.headers:
            self.tags[where].append(answer.headers["etag"])
        if "next" in answer.links:
            self.links.append(answer.links["next"]["url"])

    def request(self, call: Call) -> tuple[str, dict[str, str]]:
        """The path and the headers of a call."""
        path = call.path
        if call.link is not None and self.links:
            path = self.links[-1 - call.link % len(self.links)]
        if path.endswith("?working_copy=latest"):
            path = self._saving(path.partition("?")[0])
        if call.condition is None:
            return path, {}
        if call.condition == "absent":
            return path, {"If-None-Match": "*"}
        name = "If-None-Match" if call.method == "GET" else "If-Match"
        resource = urlsplit(path).path
        if call.method == "POST":
            resource = resource.partition("/revisions/")[0]  # of which a revision is restored
        seen = self.tags.get(resource, ['"1-0"'])
        tags = {
            "first": seen[0],
            "latest": seen[-1],
            "weak": f"W/{seen[-1]}",
            "both": f"{seen[0]}, {seen[-1]}",
            "any": "*",
            "other": '"7-19b77cb8800", "x"',
        }
        return path, {name: tags[call.condition]}

    def _saving(self, post: str) -> str:
        """The path with which a post is saved from the working copy of it that was seen last."""
        tags = self.tags.get(f"{post}/working-copy", ['"1-1-0123456789abcdef"'])
        return f"{post}?{urlencode({'working_copy': tags[-1]})}"

    def body(self, call: Call) -> Json:
        """The body of a call; a decision in it names the revision of its comment that was seen."""
        if not isinstance(call.body, list):
            return call.body
        return [self._about_seen(each) if isinstance(each, dict) else each for each in call.body]

    def _about_seen(self, decision: dict[str, Json]) -> Json:
        seen = [tags for path, tags in self.tags.items() if path.endswith(str(decision.get("id")))]
        latest = seen[-1] if seen else ["none"]
        named = {"latest": latest[-1], "first": latest[0]}
        revision = str(decision.get("revision"))
        return {**decision, "revision": named.get(revision, revision)}


class Long(str):
    """A repeated text, which Hypothesis can display briefly."""

    _shown: str

    def __new__(cls, text: str, times: int) -> Self:
        long = super().__new__(cls, text * times)
        long._shown = f"{text!r} * {times}"
        return long

    def __repr__(self) -> str:
        return self._shown
