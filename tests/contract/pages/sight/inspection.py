"""Compares everything that the public can read with what it may read."""

import re
from collections.abc import Iterable

import httpx
from lxml import etree

from tests.contract.pages import feeds
from tests.contract.pages.html import Page
from tests.contract.pages.sight.blog_model import BlogModel, DrawnComment, DrawnPost
from tests.contract.pages.sight.reader import Look, Reader, path_of_url

HOME = "http://blog.example"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_COMMENT_COUNT = re.compile(r'"commentCount": ?(\d+)')


class Inspection:
    """A look at everything, after some steps."""

    def __init__(self, reader: Reader, model: BlogModel) -> None:
        self._reader = reader
        self._model = model
        self._all_ids = set(model.all_ids())

    async def everything(self) -> None:
        """Read every page, feed and file, and the addresses of whatever there has been."""
        model = self._model
        await self._list_posts("", model.public("post"), is_whole_blog=True)
        for tag in model.tags:
            await self._list_posts(f"/tags/{tag}", model.tagged(tag))
        for user in model.users:
            await self._list_posts(f"/authors/{user.id}", model.written_by(user))
        await self._list_tags()
        await self._list_comments()
        for post in (*model.posts, *model.removed):
            await self._addresses(post)
            await self._thread(post)
        await self._files()
        await self._uploaded_files()
        for look in await self._reader.look_again():
            self._check(look, model.public())

    async def _list_posts(self, path: str, posts: list[DrawnPost], *, is_whole_blog: bool = False) -> None:
        """A list of posts has exactly these, on its pages and in its feeds."""
        exists = is_whole_blog or bool(posts)
        titles = [post.title for post in posts]
        for page in (path or "/", *(["/archive"] if is_whole_blog else [])):
            look = await self._look(page, posts, exists=exists)
            if exists and page != "/archive":
                assert [each for answer in look.answers for each in Page(answer).titles] == titles
        for file in feeds.FILES:
            look = await self._look(f"{path}/{file}", posts, exists=exists)
            if exists:
                items = [item for answer in look.answers for item in feeds.parse(answer).items]
                assert [item.title for item in items] == titles
                assert all(post.content in item.html for post, item in zip(posts, items, strict=True))

    async def _list_tags(self) -> None:
        """The list of tags has those of public posts, with their numbers."""
        tagged = {tag: self._model.tagged(tag) for tag in sorted(self._model.tags)}
        look = await self._reader.look("/tags")
        self._require_only(look, {tag for tag, posts in tagged.items() if posts}, set())
        shown = [each for answer in look.answers for each in Page(answer).all("//main//li")]
        numbers = {
            tag: f"{len(posts)} post{'s' * (len(posts) != 1)}" for tag, posts in tagged.items() if posts
        }
        assert shown == [f"{tag} {number}" for tag, number in numbers.items()]

    async def _list_comments(self) -> None:
        """The feeds of all comments have the approved ones on public posts."""
        posts = [post for post in self._model.public("post") if post.approved]
        for file in feeds.FILES:
            look = await self._look(f"/comments/{file}", posts)
            _require_comments(look, [each for post in posts for each in post.approved])

    async def _addresses(self, post: DrawnPost) -> None:
        """All addresses lead to the post if it is public, and nowhere if it is not."""
        is_public, permalink = self._is_public(post), self._model.permalink_of(post)
        for path in self._model.addresses_of(post):
            look = await self._look(path, [post], exists=is_public)
            if is_public and path != permalink:
                assert (look.status, path_of_url(look.location)) == (301, permalink), path
        if is_public:
            look = await self._look(permalink, [post])
            assert look.status == 200
            assert {post.title, post.content, post.image} <= look.words
            assert _COMMENT_COUNT.findall(look.answers[0].text) == [str(len(post.approved))]

    async def _thread(self, post: DrawnPost) -> None:
        is_public, has_feed = self._is_public(post), self._is_public(post) and post.kind == "post"
        for file in feeds.FILES:
            look = await self._look(f"/comments/{post.id}/{file}", [post], exists=has_feed)
            if has_feed:
                _require_comments(look, post.approved)
        permalink = self._model.permalink_of(post)
        for comment in post.comments:
            own = f"/comments/{post.id}/{comment.id}"
            for path in (own, f"{own}?key=x"):
                look = await self._reader.look(path)
                self._check(look, [post] if is_public else [])
                is_shown = is_public and comment.id in post.shown_ids
                assert look.status == (303 if is_shown else 404), path
            for query in (f"reply={comment.id}", f"thread={comment.id}"):
                self._check(await self._reader.look(f"{permalink}?{query}"), [post] if is_public else [])

    async def _files(self) -> None:
        for path in ("/robots.txt", "/feeds", "/nothing", "/tags/nothing"):
            self._check(await self._reader.look(path), [])
        posts = self._model.public()
        look = await self._look("/sitemap.xml", posts)
        found = _locations(look.answers[0])
        if found and found[0].startswith("/sitemap-"):
            looks = [await self._look(each, posts) for each in found]
            found = [each for look in looks for each in _locations(look.answers[0])]
        assert sorted(found) == sorted(self._indexed())

    async def _uploaded_files(self) -> None:
        """A file is there exactly while something public uses it, and may then be cached forever."""
        for path in self._model.files:
            answer = await self._reader.read_file(path)
            assert answer.status_code == (200 if self._model.shows_file(path) else 404), path

    def _indexed(self) -> Iterable[str]:
        """The paths in the sitemap."""
        model = self._model
        yield from ("/", "/archive", "/tags")
        yield from (f"/tags/{tag}" for tag in model.tags if len(model.tagged(tag)) > 1)
        yield from (f"/authors/{user.id}" for user in model.users if len(model.written_by(user)) > 1)
        yield from map(model.permalink_of, model.public())

    def _is_public(self, post: DrawnPost) -> bool:
        return post in self._model.public()

    async def _look(self, path: str, posts: list[DrawnPost], *, exists: bool = True) -> Look:
        """Look at a path, where only what is in these posts may be, if it exists."""
        look = await self._reader.look(path)
        assert (look.status in {200, 301}) == exists, (path, look.status)
        self._check(look, posts if exists else [])
        return look

    def _check(self, look: Look, posts: list[DrawnPost]) -> None:
        """Only what is in these posts, and the settings of the blog, may be there."""
        words = {word for post in posts for word in post.own_words | post.comment_words}
        self._require_only(look, words, {each for post in posts for each in post.shown_ids})

    def _require_only(self, look: Look, words: set[str], ids: set[str]) -> None:
        asked = (look.path, look.status)
        assert not look.words - words - self._model.setting_words, asked
        assert not (look.ids & self._all_ids) - ids, asked


def _require_comments(look: Look, comments: list[DrawnComment]) -> None:
    """The feed has exactly these comments."""
    items = [item for answer in look.answers for item in feeds.parse(answer).items]
    expected = sorted(f"<p>{comment.content}</p>" for comment in comments)
    assert sorted(item.html.strip() for item in items) == expected, look.path


def _locations(answer: httpx.Response) -> list[str]:
    """The paths in a file of the sitemap."""
    return [path_of_url(str(each.text)) for each in etree.fromstring(answer.content).iter(f"{_SITEMAP}loc")]
