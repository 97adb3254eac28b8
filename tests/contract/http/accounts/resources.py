"""The resources of the rows in docs/permissions.md, described by their words."""

from dataclasses import replace
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import new_id
from everpost.domain.media.files import MediaFile
from everpost.domain.people.tokens import digest
from everpost.domain.people.users import Role, User
from everpost.domain.posts import Post, PostStatus
from everpost.domain.trash.removed_comments import Removal
from everpost.stores.port import Store
from tests.contract.http.media.files import picture
from tests.contract.http.media.stored import add_file
from tests.contract.http.people import PEOPLE, Who

KEY = "the key of a guest"


class Resources:
    """Adds new resources to a store."""

    def __init__(self, store: Store, password_hash: str) -> None:
        self._store = store
        self._password_hash = password_hash
        self.made = 0
        """The number of requests, for values that are unique."""

    async def make_user(self) -> User:
        user = User(
            id=new_id(),
            name="Somebody",
            email=f"somebody.{self.made}@blog.example",
            role=Role.AUTHOR,
            created_at=now(),
            updated_at=now(),
            password_hash=self._password_hash,
        )
        await self._store.users.add(user)
        return user

    async def make_file(self, what: str) -> MediaFile:
        file = await add_file(self._store, picture(self.made), author=PEOPLE["author"].user.author)
        if "post" in what or "draft" in what:
            await self.make_post(what, cover=file.path)
        return file

    async def make_post(self, what: str, *, cover: str | None = None) -> Post:
        policy = next((each for each in CommentPolicy if each.value in what), CommentPolicy.OPEN)
        ahead = timedelta(days=1) if "scheduled" in what else timedelta(0)
        post = Post(
            id=new_id(),
            title="A title",
            content="Some content.",
            publication_date=now() + ahead,
            updated_at=now(),
            slug=f"slug-{self.made}",
            status=PostStatus.DRAFT if "draft" in what else PostStatus.PUBLISHED,
            author=PEOPLE["author"].user.author,
            comment_policy=policy,
            cover=cover,
        )
        await self._store.posts.add(post)
        if "in the trash" in what:
            await self._store.trash.move_post(post.id, moment=now(), match=None)
        return post

    async def make_comment(self, post: Post, what: str, who: Who) -> Comment:
        is_tombstone = what == "tombstone"
        status = next((each for each in CommentStatus if each.value in what), CommentStatus.APPROVED)
        age = timedelta(minutes=16) if "after 15 minutes" in what else timedelta(minutes=14)
        comment = Comment(
            id=new_id(),
            post_id=post.id,
            content="Words.",
            publication_date=now() - age,
            updated_at=now(),
            status=status,
            author=PEOPLE[who].user.author if "your own" in what and who != "nobody" else None,
            guest_name=None if "your own" in what else "A guest",
            key_digest=digest(KEY) if "with its key" in what else None,
        )
        comment = await self._store.comments.add(comment)
        if "deleted" in what:
            removal = Removal(now(), None)
            await self._store.comments.remove(post.id, comment.id, match=None, removal=removal)
        if is_tombstone:
            await self._answer(comment)
            await self._store.comments.remove(post.id, comment.id, match=None)
        return comment

    async def _answer(self, comment: Comment) -> None:
        answer = replace(comment, id=new_id(), parent_id=comment.id, publication_date=now())
        await self._store.comments.add(answer)
