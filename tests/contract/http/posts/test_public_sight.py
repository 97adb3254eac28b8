"""The public sees nothing early and nothing forbidden, in no response, count, cursor or header."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import ClassVar

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.domain import clock
from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Role, User, UserChange
from everpost.domain.posts import Post, PostSort, PostStatus
from everpost.domain.writing.working_copies import PostText, WorkingCopyChange
from everpost.stores.port import Store
from tests.contract.http.calls import ask, next_page, numbered
from tests.contract.http.conftest import Applications
from tests.volume import examples

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = "Sesame"
"""Stands in every word of what the public must not see, and nowhere else."""
MILLISECOND = timedelta(milliseconds=1)


class June(datetime):
    """The clock of the blogs."""

    moment: ClassVar[datetime] = NOW

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not Self, never asked for
        return cls.moment.astimezone(tz)


@pytest.fixture(autouse=True, scope="module")
def june() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "datetime", June)
        yield


@dataclass(frozen=True)
class DrawnComment:
    status: CommentStatus
    parent: int | None
    by_disabled: bool


@dataclass(frozen=True)
class DrawnPost:
    status: PostStatus
    ahead: timedelta
    by_disabled: bool
    comments: Sequence[DrawnComment] = field(default_factory=list)

    @property
    def is_in_trash(self) -> bool:
        return self.status is PostStatus.TRASHED

    @property
    def is_out(self) -> bool:
        return self.status is PostStatus.PUBLISHED and self.ahead <= timedelta(0)


drawn_comments = st.builds(
    DrawnComment,
    st.sampled_from(CommentStatus),
    st.integers(0, 5) | st.none(),
    st.booleans(),
)
drawn_posts = st.builds(
    DrawnPost,
    st.sampled_from(PostStatus),
    st.sampled_from([-timedelta(days=1), timedelta(0), MILLISECOND, timedelta(days=400)]),
    st.booleans(),
    st.lists(drawn_comments, max_size=8),
)


class Drawn:
    """A randomly drawn blog, with the parts that must and must not be visible."""

    def __init__(self, posts: Sequence[DrawnPost]) -> None:
        self.posts = posts
        self.hidden_ids: set[str] = set()
        self.approved: dict[Id, int] = {}
        self.writer = self._user(0xAA1, "Wilma Writer")
        self.disabled = self._user(0xAA2, f"{SECRET} Disabled")

    @property
    def out(self) -> list[Id]:
        return [self.post_id(number) for number, post in enumerate(self.posts) if post.is_out]

    def post_id(self, number: int) -> Id:
        return Id(numbered(0xB00 + number))

    async def write(self, store: Store) -> None:
        for user in (self.writer, self.disabled):
            await store.users.add(user)
        for number, drawn in enumerate(self.posts):
            await self._write_post(store, number, drawn)
        await store.users.save(self.disabled.id, UserChange(updated_at=NOW, is_disabled=True), match=None)
        self.hidden_ids.add(self.disabled.id)

    async def _write_post(self, store: Store, number: int, drawn: DrawnPost) -> None:
        word = "seen" if drawn.is_out else SECRET
        post = Post(
            id=self.post_id(number),
            title=f"{word} {number}",
            content=word,
            publication_date=NOW + drawn.ahead,
            updated_at=NOW - timedelta(days=number),
            slug=f"{word}-{number}",
            tags=(word, f"{word}-{number % 2}"),
            paths=(f"/{word}-path-{number}",),
            status=PostStatus.PUBLISHED if drawn.is_in_trash else drawn.status,
            author=(self.disabled if drawn.by_disabled else self.writer).author,
        )
        await store.posts.add(post)
        text = PostText(title=SECRET, content=SECRET, slug=SECRET)
        copy = WorkingCopyChange(user_id=self.writer.id, post_id=post.id, text=text, updated_at=NOW)
        await store.working_copies.add(copy)
        if not drawn.is_out:
            self.hidden_ids.add(post.id)
        written: list[Comment] = []
        for place, each in enumerate(drawn.comments):
            written.append(await self._write_comment(store, post, written, place, each))
        for comment, each in zip(written, drawn.comments, strict=True):
            change = decided(each.status)
            await store.comments.save(post.id, comment.id, change, match=None)
            if each.status is not CommentStatus.APPROVED:
                self.hidden_ids.add(comment.id)
        if drawn.is_in_trash:
            await store.trash.move_post(post.id, moment=NOW, match=None)
        if drawn.is_out:
            approved = [each for each in drawn.comments if each.status is CommentStatus.APPROVED]
            self.approved[post.id] = len(approved)

    async def _write_comment(
        self, store: Store, post: Post, written: Sequence[Comment], place: int, drawn: DrawnComment
    ) -> Comment:
        number = int(post.id, 16) * 0x100 + place
        parent = None if drawn.parent is None or drawn.parent >= len(written) else written[drawn.parent]
        is_seen = drawn.status is CommentStatus.APPROVED
        return await store.comments.add(
            Comment(
                id=Id(numbered(number)),
                post_id=post.id,
                content="seen" if is_seen else SECRET,
                publication_date=NOW + timedelta(seconds=place),
                updated_at=NOW,
                parent_id=None if parent is None else parent.id,
                author=self.disabled.author if drawn.by_disabled else None,
                guest_name=None if drawn.by_disabled else ("Gus" if is_seen else SECRET),
            )
        )

    def _user(self, number: int, name: str) -> User:
        return User(
            id=Id(numbered(number)),
            name=name,
            email=f"{SECRET}.{number}@blog.example",
            role=Role.AUTHOR,
            created_at=NOW,
            updated_at=NOW,
        )


def decided(status: CommentStatus) -> CommentChange:
    return CommentChange(updated_at=NOW, status=status)


async def public_answers(client: httpx.AsyncClient, drawn: Drawn) -> list[httpx.Response]:
    """All responses that the public can get, following every link."""
    sorts = [f"/posts?limit=2&count=true&sort={sort}" for sort in PostSort]
    filters = [
        f"/posts?{each}&count=true&limit=2"
        for each in (
            "status=draft",
            "status=trashed",
            "tag=seen",
            f"tag={SECRET}",
            f"author={drawn.writer.id}",
            f"author={drawn.disabled.id}",
            *(f"{key}-{number}" for key in (f"slug={SECRET}", f"path=/{SECRET}-path") for number in range(5)),
        )
    ]
    paths = [
        *sorts,
        *filters,
        "/tags?limit=1",
        "/comments",
        "/users/me/working-copies",
        "/users",
        f"/users/{drawn.writer.id}",
    ]
    for number in range(len(drawn.posts)):
        post = f"/posts/{drawn.post_id(number)}"
        paths += [
            post,
            f"{post}/working-copy",
            f"{post}/revisions",
            f"{post}/revisions/1",
            f"{post}/comments?limit=2",
            f"{post}/comments?limit=2&view=tree",
        ]
    answers = []
    while paths:
        answer = await ask(client, "nobody", "GET", paths.pop())
        assert answer.status_code in {200, 401, 404}, answer.text
        answers.append(answer)
        following = next_page(answer)
        if following is not None:
            paths.append(following)
    return answers


@settings(max_examples=examples(15))
@given(posts=st.lists(drawn_posts, min_size=1, max_size=5))
async def test_the_public_sees_nothing_early_and_nothing_forbidden(
    applications: Applications, store_name: str, posts: list[DrawnPost]
) -> None:
    client = await applications.on_empty_blog(store_name)
    store = (await applications.empty_blog(store_name)).store
    drawn = Drawn(posts)
    await drawn.write(store)
    tombstones = {
        row["id"]
        for out in drawn.out
        for row in (await ask(client, "nobody", "GET", f"/posts/{out}/comments?limit=100")).json()
        if row["status"] == "removed"
    }
    for answer in await public_answers(client, drawn):
        text = answer.text + str(answer.headers.multi_items())
        assert SECRET not in text, answer.url
        asked = str(answer.url)
        given_away = {each for each in drawn.hidden_ids - tombstones if each in text and each not in asked}
        assert not given_away, (answer.url, given_away, text)
        if answer.url.path == "/posts" and "x-total-count" in answer.headers and "sort" in asked:
            assert int(answer.headers["x-total-count"]) == len(drawn.out)
    listed = (await ask(client, "nobody", "GET", "/posts?limit=100")).json()
    assert {row["id"]: row["comment_count"] for row in listed} == drawn.approved


async def test_a_scheduled_post_becomes_public_to_the_millisecond(
    applications: Applications, store_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await applications.on_empty_blog(store_name)
    store = (await applications.empty_blog(store_name)).store
    drawn = Drawn([replace(DrawnPost(PostStatus.PUBLISHED, MILLISECOND, by_disabled=False), comments=[])])
    await drawn.write(store)
    paths = [f"/posts/{drawn.post_id(0)}", "/posts", "/tags", f"/posts/{drawn.post_id(0)}/comments"]

    async def shown() -> list[object]:
        answers = [await ask(client, "nobody", "GET", path) for path in paths]
        return [len(answer.json()) if answer.status_code == 200 else None for answer in answers]

    assert await shown() == [None, 0, 0, None]
    monkeypatch.setattr(June, "moment", NOW + MILLISECOND)
    assert [count is not None for count in await shown()] == [True] * 4
    assert (await shown())[1:3] == [1, 2]
