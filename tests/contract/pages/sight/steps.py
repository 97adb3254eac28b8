"""Steps that change a blog, as Hypothesis draws them, and how they are taken over the API."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, TypeVar

import httpx
from hypothesis import strategies as st

from everpost.api.schemas.text import format_timestamp
from tests.contract.http.people import Who, headers_of
from tests.contract.pages.conftest import Site
from tests.contract.pages.sight.blog_model import BlogModel, DrawnComment, DrawnPost, StoppedClock
from tests.contract.pages.sight.words import Words

MOST_POSTS = 4
MOST_COMMENTS = 4
AHEAD = [timedelta(), timedelta(), -timedelta(days=40), timedelta(milliseconds=1), timedelta(hours=1)]
PERMALINKS = ["/{slug}", "/{year}/{slug}", "/{id}", "/blog/{month}/{slug}"]
STATUSES = ["approved", "approved", "pending", "spam", "removed"]


@dataclass(frozen=True)
class Step:
    """What is done, and three numbers that decide to what and how."""

    name: str
    which: int = 0
    how: int = 0
    more: int = 0


class Taker:
    """Takes steps on a blog, and keeps its model up to date. A step that is impossible is left out."""

    def __init__(self, site: Site, model: BlogModel, words: Words) -> None:
        self._site = site
        self.model = model
        self._words = words

    async def take(self, step: Step) -> None:
        """Take the step. The permalinks before it are old ones afterwards."""
        for post in self.model.public():
            post.former.append(self.model.permalink_of(post))
        await _STEPS[step.name](self, step)

    async def call(
        self, method: str, path: str, json: object = None, *, by: Who = "admin", **headers: str
    ) -> httpx.Response:
        """A call of the API, which must succeed."""
        sent = headers_of(by) | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._site.client.request(method, f"/api{path}", json=json, headers=sent)
        assert answer.is_success, (method, path, json, answer.text)
        return answer

    async def add(self, step: Step) -> None:
        if len(self.model.posts) >= MOST_POSTS:
            return
        authors = [user for user in self.model.users if user.state != "removed"]
        post = DrawnPost(
            id="",
            kind="page" if step.which % 4 == 3 else "post",
            status="draft" if step.how % 3 == 2 else "published",
            date=self.model.moment + AHEAD[step.more % len(AHEAD)],
            title=self._words.draw(),
            content=self._words.draw(),
            summary=self._words.draw(),
            image=self._words.draw(),
            slug=self._words.draw(),
            path=self._words.draw(),
            tags=_some(self.model.tags, step.how),
            author=authors[step.more % len(authors)],
            file=_one(self.model.files, step.how),
            cover=_one((None, *self.model.files), step.more),
        )
        post.id = (await self.call("POST", "/posts", _fields_of(post))).json()["id"]
        self.model.posts.append(post)

    async def change(self, step: Step) -> None:
        """Give one of the fields another value."""
        if (post := self._post(step)) is None:
            return
        names = ["title", "content", "summary", "slug", "paths", "image", "file", "cover"]
        names += ["tags", "kind", "author_id"]
        name = names[step.how % len(names)]
        match name:
            case "tags":
                post.tags = _some(self.model.tags, step.more)
            case "kind":
                post.kind = "page" if post.kind == "post" else "post"
            case "author_id":
                author = self.model.users[step.more % 3]
                post.author = self.model.users[2] if author.state == "removed" else author
            case "file":
                post.file = _one(self.model.files, step.more)
            case "cover":
                post.cover = _one((None, *self.model.files), step.more)
            case "paths":
                post.path = self._words.draw()
            case _:
                setattr(post, name, self._words.draw())
        await self._save(post, "content" if name in {"image", "file"} else name)

    async def publish(self, step: Step) -> None:
        """Publish a draft, or make a draft of what is published."""
        if (post := self._post(step)) is not None:
            post.status = "draft" if post.status == "published" else "published"
            await self._save(post, "status")

    async def reschedule(self, step: Step) -> None:
        if (post := self._post(step)) is not None:
            post.date = self.model.moment + AHEAD[step.how % len(AHEAD)]
            await self._save(post, "publication_date")

    async def remove(self, step: Step) -> None:
        """Move a post to the trash, or remove it for good."""
        if (post := self._post(step)) is not None:
            is_permanent = step.how % 4 == 3
            await self.call("DELETE", f"/posts/{post.id}?permanently={str(is_permanent).lower()}")
            self.model.posts.remove(post)
            self.model.removed.append(post)
            if not is_permanent:
                self.model.trashed.append(post)

    async def restore(self, step: Step) -> None:
        """Restore a post from the trash."""
        if self.model.trashed and len(self.model.posts) < MOST_POSTS:
            post = self.model.trashed.pop(step.which % len(self.model.trashed))
            await self.call("POST", f"/posts/{post.id}/restore")
            self.model.removed.remove(post)
            self.model.posts.append(post)

    async def comment(self, step: Step) -> None:
        posts = [post for post in self.model.public() if len(post.comments) < MOST_COMMENTS]
        if not posts:
            return
        post = posts[step.which % len(posts)]
        parents = [None, *post.approved]
        parent = parents[step.how % len(parents)]
        users = [None, *(user for user in self.model.users if user.state == "enabled")]
        user = users[step.more % len(users)]
        guest = self._words.draw() if user is None else None
        body = {"content": self._words.draw()} | ({"name": guest} if guest else {})
        body |= {"parent_id": parent.id} if parent else {}
        by: Who = user.who if user else "nobody"
        made = (await self.call("POST", f"/posts/{post.id}/comments", body, by=by)).json()
        post.comments.append(DrawnComment(made["id"], body["content"], made["status"], parent, guest, user))

    async def moderate(self, step: Step) -> None:
        if (found := self._comment(step)) is not None:
            post, comment = found
            comment.status = STATUSES[step.more % len(STATUSES)]
            path = f"/posts/{post.id}/comments/{comment.id}"
            await self.call("PATCH", path, {"status": comment.status}, if_match="*")

    async def reword(self, step: Step) -> None:
        if (found := self._comment(step)) is not None:
            post, comment = found
            comment.content = self._words.draw()
            path = f"/posts/{post.id}/comments/{comment.id}"
            await self.call("PATCH", path, {"content": comment.content})

    async def erase(self, step: Step) -> None:
        """Delete a comment."""
        if (found := self._comment(step)) is not None:
            post, comment = found
            await self.call("DELETE", f"/posts/{post.id}/comments/{comment.id}")
            comment.status, comment.content = "deleted", ""

    async def user(self, step: Step) -> None:
        """Rename, disable, enable or remove an author."""
        user = self.model.users[step.which % 2]
        if user.state == "removed":
            return
        match step.how % 4:
            case 0:
                user.name = self._words.draw()
                await self.call("PATCH", f"/users/{user.id}", {"name": user.name})
            case 1 | 2:
                user.state = "enabled" if user.state == "disabled" else "disabled"
                await self.call("PATCH", f"/users/{user.id}", {"disabled": user.state == "disabled"})
            case _:
                heir = self.model.users[2] if step.more % 2 else None
                await self.call("DELETE", f"/users/{user.id}?posts={heir.id if heir else 'keep'}")
                user.state = "removed"
                for post in (*self.model.posts, *self.model.trashed):
                    post.author = heir if post.author is user else post.author

    async def settings(self, step: Step) -> None:
        """Change a setting of the blog."""
        names = ["title", "description", "navigation", "permalink", "posts_per_page", "comment_policy"]
        name = names[step.which % len(names)]
        word = self._words.draw()
        values: Mapping[str, object] = {
            "title": word,
            "description": word,
            "navigation": [{"label": word, "url": "/about"}],
            "permalink": PERMALINKS[step.how % len(PERMALINKS)],
            "posts_per_page": 1 + step.how % 3,
            "comment_policy": ["open", "moderated"][step.how % 2],
        }
        await self.call("PATCH", "/settings", {name: values[name]})
        if name in {"title", "description", "navigation"}:
            self.model.settings[name] = word
        if name == "permalink":
            self.model.permalink = PERMALINKS[step.how % len(PERMALINKS)]

    async def wait(self, step: Step) -> None:
        """Let time pass."""
        ahead = [timedelta(milliseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)]
        StoppedClock.moment += ahead[step.how % len(ahead)]

    def _post(self, step: Step) -> DrawnPost | None:
        posts = self.model.posts
        return posts[step.which % len(posts)] if posts else None

    def _comment(self, step: Step) -> tuple[DrawnPost, DrawnComment] | None:
        """A comment that was not deleted."""
        found = [
            (post, each) for post in self.model.posts for each in post.comments if each.status != "deleted"
        ]
        return found[step.how % len(found)] if found else None

    async def _save(self, post: DrawnPost, name: str) -> None:
        await self.call("PATCH", f"/posts/{post.id}", {name: _fields_of(post)[name]})


_Value = TypeVar("_Value")
_Take: TypeAlias = Callable[[Taker, Step], Awaitable[None]]
_STEPS: Mapping[str, _Take] = {
    "add": Taker.add,
    "change": Taker.change,
    "publish": Taker.publish,
    "reschedule": Taker.reschedule,
    "remove": Taker.remove,
    "restore": Taker.restore,
    "comment": Taker.comment,
    "moderate": Taker.moderate,
    "reword": Taker.reword,
    "erase": Taker.erase,
    "user": Taker.user,
    "settings": Taker.settings,
    "wait": Taker.wait,
}
_OFTEN = ["add", "change", "publish", "comment", "comment", "moderate", "user", "user"]
_OPENING = [
    "add",
    "add",
    "add",
    "comment",
    "comment",
    "moderate",
    "comment",
    "comment",
    "moderate",
    "user",
]
_numbers = st.integers(0, 59)


def _steps(names: st.SearchStrategy[str]) -> st.SearchStrategy[Step]:
    return st.builds(Step, names, _numbers, _numbers, _numbers)


_opening = st.tuples(*map(_steps, map(st.just, _OPENING))).map(list)
_round = st.lists(_steps(st.sampled_from([*_STEPS, *_OFTEN])), min_size=1, max_size=6)
rounds = st.builds(
    lambda opening, others: [opening, *others], _opening, st.lists(_round, min_size=1, max_size=4)
)
"""What happens before each look at the pages: at first, some posts and comments are written."""


def _some(tags: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Some of the tags."""
    return tuple(tag for place, tag in enumerate(tags) if number >> place & 1)


def _one(values: Sequence[_Value], number: int) -> _Value:
    """One of the values."""
    return values[number % len(values)]


def _fields_of(post: DrawnPost) -> dict[str, object]:
    """The fields of a post, as they are sent."""
    return {
        "title": post.title,
        "content": f"![]({post.image}.png) ![]({post.file})\n\n{post.content}",
        "summary": post.summary,
        "slug": post.slug,
        "paths": [f"/old/{post.path}"],
        "cover": post.cover,
        "tags": list(post.tags),
        "kind": post.kind,
        "status": post.status,
        "publication_date": format_timestamp(post.date),
        "author_id": post.author and post.author.id,
    }
