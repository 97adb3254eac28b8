"""`python -m devtools.screenshot`: writes docs/images/blog.png, the default theme with a demo post."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser

from devtools.browser import running_chromium
from devtools.serving import serving
from everpost.app import create_app
from everpost.domain.blog import BlogChange, NavigationLink
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import new_id
from everpost.domain.people.users import Role, User
from everpost.domain.posts import Post
from everpost.settings import Settings
from everpost.stores.port import Store

IMAGE = Path(__file__).parents[1] / "docs" / "images" / "blog.png"
MOMENT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
POST = """
Last spring the company behind our blog changed its prices, and for the first time in nine years I
looked at what we had there: 1,148 posts, and comments by people who are no longer with us. I wanted
a copy that I could read without asking anyone.

## One file

An export is a *text* file. Every line is one record:

```json
{"kind": "post", "title": "Rain", "tags": ["garden"]}
```

That evening I moved the blog from one database to another, and back again.
"""
COMMENTS = (("Noor", "We did the same in May. *Nine years!*"), ("Tomás", "How large is the file?"))


async def main() -> None:
    with TemporaryDirectory() as folder:
        blog = create_app(Settings(database_url=f"sqlite:///{folder}/blog.db"))
        async with blog.router.lifespan_context(blog), serving(blog) as address:
            await _fill(await blog.state.lifecycle.store())
            async with running_chromium() as browser:
                await _shoot(browser, f"{address}/moving-house")


async def _shoot(browser: Browser, url: str) -> None:
    page = await browser.new_page(viewport={"width": 1000, "height": 1000}, color_scheme="light")
    await page.goto(url)
    IMAGE.parent.mkdir(exist_ok=True)
    await page.screenshot(path=IMAGE)
    sys.stdout.write(f"{IMAGE}: {IMAGE.stat().st_size} bytes\n")


async def _fill(store: Store) -> None:
    writer = User(
        id=new_id(),
        name="Ida Lind",
        email="ida@blog.example",
        role=Role.AUTHOR,
        created_at=MOMENT,
        updated_at=MOMENT,
    )
    await store.users.add(writer)
    change = BlogChange(updated_at=MOMENT, title="Slow Post", navigation=(NavigationLink("About", "/about"),))
    await store.blog.save(change, match=None)
    post = Post(
        id=new_id(),
        title="Moving house, with all the letters",
        slug="moving-house",
        content=POST,
        tags=("archives", "writing"),
        author=writer.author,
        publication_date=MOMENT,
        updated_at=MOMENT,
    )
    await store.posts.add(post)
    for number, (name, text) in enumerate(COMMENTS):
        comment = Comment(
            id=new_id(),
            post_id=post.id,
            content=text,
            guest_name=name,
            status=CommentStatus.APPROVED,
            publication_date=MOMENT + timedelta(hours=number),
            updated_at=MOMENT + timedelta(hours=number),
        )
        await store.comments.add(comment)


if __name__ == "__main__":
    asyncio.run(main())
