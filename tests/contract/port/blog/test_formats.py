"""The format of a post: stored as given, and changed independently of the content."""

from everpost.domain.posts import PostChange, PostFormat
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, comment_on, numbered, publish, read_post, read_posts


async def formats(store: Store) -> list[PostFormat]:
    return [post.format for post in sorted(await read_posts(store), key=lambda post: post.id)]


async def test_a_post_keeps_its_format(store: Store) -> None:
    plain = await publish(store, id=numbered(1))
    page = await publish(store, id=numbered(2), slug="page", format=PostFormat.HTML, tags=("a",))
    assert plain.format is PostFormat.MARKDOWN
    await comment_on(store, page.id)
    assert (await read_post(store, page.id)).format is PostFormat.HTML
    found = await store.posts.find("page", comments=0)
    assert found is not None
    assert found.format is PostFormat.HTML
    assert await formats(store) == [PostFormat.MARKDOWN, PostFormat.HTML]


async def test_only_a_change_of_the_format_changes_it(store: Store) -> None:
    post = await publish(store, format=PostFormat.HTML)
    titled = PostChange(updated_at=LATER, title="Another")
    assert (await store.posts.save(post.id, titled, match=None, comments=0)).format is PostFormat.HTML
    rewritten = PostChange(updated_at=LATER, format=PostFormat.MARKDOWN)
    changed = await store.posts.save(post.id, rewritten, match=None, comments=0)
    assert (changed.format, changed.title) == (PostFormat.MARKDOWN, "Another")
    assert await read_post(store, post.id) == changed
