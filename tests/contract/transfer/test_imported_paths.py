"""An import keeps the old paths of posts, each for one post."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from everpost.domain.posts import PostKind, PostStatus
from everpost.stores.port import Store
from everpost.transfer.importers.model import Outcome, SourcePost
from tests.contract.port.examples import publish, read_posts
from tests.contract.transfer.sources import ORIGIN, a_source, run_import

CHANGED, IMPORTED, PRESENT = Outcome.CHANGED, Outcome.IMPORTED, Outcome.PRESENT
DRAFT = PostStatus.DRAFT


def source(id: str, *paths: str, **values: object) -> SourcePost:
    return replace(a_source(id), paths=paths, **values)  # type: ignore[arg-type]


async def import_paths(store: Store, *sources: SourcePost) -> tuple[Sequence[tuple[str, ...]], list[str]]:
    """The old paths of each imported post, and the changes that the report names. A dry run says the same,
    and a second import changes nothing.
    """
    rehearsed = await run_import(store, *sources, dry_run=True)
    lines = await run_import(store, *sources)
    assert lines == rehearsed
    posts = await read_posts(store)
    assert {outcome for outcome, _, _ in await run_import(store, *sources)} == {PRESENT}
    assert await read_posts(store) == posts
    ids = [ORIGIN.stable_id("post", each.source_id, each.publication_date) for each in sources]
    found = [(await store.posts.get(each, comments=0)).paths for each in ids]
    return found, [outcome for outcome, _, _ in lines]


async def test_old_paths_are_kept_in_their_stored_form(store: Store) -> None:
    first = source("1", "https://blog.example/2024/caf%C3%A9/", "/slug-1/", "/a", "a")
    page = source("2", "/about/team", kind=PostKind.PAGE, summary=" s " * 300)
    assert await import_paths(store, first, page) == (
        [("/2024/café", "/a"), ("/about/team",)],
        [IMPORTED, CHANGED],
    )
    post = await store.posts.get(ORIGIN.stable_id("post", "2", page.publication_date), comments=0)
    assert (post.kind, post.summary) == (PostKind.PAGE, (" s " * 300)[:500])


async def test_the_first_post_keeps_a_path_that_several_had(store: Store) -> None:
    await publish(store, slug="mine", paths=("/mine/old",))
    sources = source("1", "/x"), source("2", "/x", "/y"), source("3", "/mine/old", "/z")
    assert await import_paths(store, *sources) == (
        [("/x",), ("/y",), ("/z",)],
        [IMPORTED, CHANGED, CHANGED],
    )


async def test_published_posts_get_paths_before_drafts(store: Store) -> None:
    sources = source("1", "/x", status=DRAFT), source("2", "/x")
    assert await import_paths(store, *sources) == ([(), ("/x",)], [CHANGED, IMPORTED])


@pytest.mark.parametrize(
    ("sources", "slugs"),
    [
        (
            [source("1", "/2024/about", slug="about"), source("2", "/about", slug="about")],
            ["about-2", "about"],
        ),
        ([source("1", "/about", slug="about"), source("2", "/about/", slug="about")], ["about", "about-2"]),
        (
            [source("1", "/about", slug="about", status=DRAFT), source("2", "/2024/about", slug="about")],
            ["about-2", "about"],
        ),
    ],
)
async def test_the_post_at_a_path_gets_the_slug_that_keeps_it(
    store: Store, sources: Sequence[SourcePost], slugs: Sequence[str]
) -> None:
    await import_paths(store, *sources)
    ids = [ORIGIN.stable_id("post", each.source_id, each.publication_date) for each in sources]
    assert [(await store.posts.get(each, comments=0)).slug for each in ids] == slugs


async def test_a_path_that_is_the_permalink_of_another_post_is_left_out(store: Store) -> None:
    await publish(store, slug="mine")
    sources = source("1", "/slug-2", "/x"), source("2", "/slug-2"), source("3", "/mine", "/y", slug="mine")
    assert await import_paths(store, *sources) == (
        [("/x",), (), ("/y",)],
        [CHANGED, IMPORTED, CHANGED],
    )


async def test_paths_beyond_the_first_20_and_invalid_ones_are_left_out(store: Store) -> None:
    many = source("1", *(f"/{number}" for number in range(25)))
    invalid = source("2", "/a%FF", "/" + "b" * 501, "/", "", "/kept")
    assert await import_paths(store, many, invalid) == (
        [tuple(f"/{number}" for number in range(20)), ("/kept",)],
        [CHANGED, CHANGED],
    )
