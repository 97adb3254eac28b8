"""What a blog contains, and what of it the public may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import ClassVar

from tests.contract.http.people import Who

START = datetime(2020, 5, 31, 23, tzinfo=UTC)


class StoppedClock(datetime):
    """The clock of the blogs, which tests set."""

    moment: ClassVar[datetime] = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not Self, never asked for
        return cls.moment.astimezone(tz)


@dataclass(eq=False)
class DrawnUser:
    """A user who writes posts and comments."""

    id: str
    who: Who
    name: str
    state: str = "enabled"
    """`enabled`, `disabled` or `removed`."""

    @property
    def words(self) -> set[str]:
        """The name, if it may be shown."""
        return {self.name} if self.state == "enabled" else set()


@dataclass(eq=False)
class DrawnComment:
    id: str
    content: str
    status: str
    parent: "DrawnComment | None"
    guest: str | None
    user: DrawnUser | None

    @property
    def words(self) -> set[str]:
        if self.status != "approved":
            return set()
        return (
            {self.content}
            | ({self.guest} if self.guest else set())
            | (self.user.words if self.user else set())
        )


@dataclass(eq=False)
class DrawnPost:
    id: str
    kind: str
    status: str
    date: datetime
    title: str
    content: str
    summary: str
    image: str
    slug: str
    path: str
    """The last segment of an old path."""
    tags: Sequence[str]
    author: DrawnUser | None
    file: str
    """The path of an uploaded file in its text."""
    cover: str | None
    """That of another one, or of the same."""
    former: list[str] = field(default_factory=list)
    """Its permalinks before each step, while it was public."""
    comments: list[DrawnComment] = field(default_factory=list)

    def is_public(self, moment: datetime) -> bool:
        return self.status == "published" and self.date <= moment

    @property
    def approved(self) -> list[DrawnComment]:
        return [comment for comment in self.comments if comment.status == "approved"]

    @property
    def own_words(self) -> set[str]:
        """The words of the post, without its comments."""
        words = {self.title, self.content, self.summary, self.image, self.slug, *self.tags}
        return words | (self.author.words if self.author else set())

    @property
    def comment_words(self) -> set[str]:
        return {word for comment in self.approved for word in comment.words}

    @property
    def shown_ids(self) -> set[str]:
        """The ids of the post, of the people on it, and of the comments that are shown; those not approved as
        tombstones, because they have approved replies.
        """
        people = (self.author, *(comment.user for comment in self.approved))
        shown = {self.id} | {each.id for each in people if each and each.state == "enabled"}
        for comment in self.approved:
            each: DrawnComment | None = comment
            while each is not None:
                shown.add(each.id)
                each = each.parent
        return shown


@dataclass
class BlogModel:
    """The blog as the calls have left it at a moment."""

    users: list[DrawnUser]
    tags: tuple[str, ...]
    files: tuple[str, ...]
    """The paths of uploaded files."""
    settings: dict[str, str]
    """The words in the settings of the blog."""
    permalink: str = "/{slug}"
    posts: list[DrawnPost] = field(default_factory=list)
    removed: list[DrawnPost] = field(default_factory=list)
    trashed: list[DrawnPost] = field(default_factory=list)
    """Those of the removed posts that can be restored."""

    @property
    def setting_words(self) -> set[str]:
        return {*self.settings.values()}

    @property
    def moment(self) -> datetime:
        return StoppedClock.moment

    def public(self, kind: str | None = None) -> list[DrawnPost]:
        """The public posts and pages, newest first."""
        found = [post for post in self.posts if post.is_public(self.moment) and kind in (None, post.kind)]
        return sorted(found, key=lambda post: (post.date, post.id), reverse=True)

    def permalink_of(self, post: DrawnPost) -> str:
        pattern = "/{slug}" if post.kind == "page" else self.permalink
        return pattern.format(slug=post.slug, id=post.id, year=f"{post.date:%Y}", month=f"{post.date:%m}")

    def addresses_of(self, post: DrawnPost) -> list[str]:
        """The paths that lead to the post, if it is public."""
        ends = (f"/old/{post.path}", f"/{post.slug}", f"/{post.id}", f"/2020/{post.slug}", f"/x/{post.id}")
        return [path for path in dict.fromkeys((*ends, *post.former)) if path != self.permalink_of(post)]

    def tagged(self, tag: str) -> list[DrawnPost]:
        return [post for post in self.public("post") if tag in post.tags]

    def written_by(self, user: DrawnUser) -> list[DrawnPost]:
        """The public posts of a user who has a page."""
        is_shown = user.state == "enabled"
        return [post for post in self.public("post") if post.author is user and is_shown]

    def shows_file(self, file: str) -> bool:
        """Whether a public post or page uses the file."""
        return any(file in (post.file, post.cover) for post in self.public())

    def all_ids(self) -> Iterator[str]:
        yield from (user.id for user in self.users)
        for post in (*self.posts, *self.removed):
            yield post.id
            yield from (comment.id for comment in post.comments)
