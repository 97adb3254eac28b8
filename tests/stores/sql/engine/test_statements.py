"""The number of statements per call, and the indexes that serve the pages of a thread."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.domain.comments import Branch, CommentChange, CommentQuery, CommentStatus, QueueQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.media.files import MediaQuery
from everpost.domain.paging import Position
from everpost.domain.posts import PostChange, PostKey, PostQuery, TagQuery
from everpost.domain.revisions import Revision
from everpost.stores.sql.engine import Parameters
from everpost.stores.sql.engine.compiled import CompiledDatabase
from everpost.stores.sql.engine.statements import CompiledStatement
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.queries import selects
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import EVERYBODY, MOMENT, a_comment, a_post, comment_on, publish
from tests.contract.port.media.examples import a_file, upload
from tests.stores.sql.conftest import plan_of


@pytest.fixture
def statements(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements of the store since the list was last cleared, except BEGIN and COMMIT."""
    database = store._connections._database
    assert isinstance(database, CompiledDatabase)
    cache = database._statements
    said: list[str] = []

    def note(statement: Executable, parameters: Parameters) -> CompiledStatement:
        compiled = get(statement, parameters)
        said.append(compiled.text)
        return compiled

    get = cache.get
    monkeypatch.setattr(cache, "get", note)
    return said


async def test_a_read_is_one_statement_and_a_list_with_comments_two(
    store: SqlStore, statements: list[str]
) -> None:
    post = await publish(store, slug="slug")
    file = await upload(store)
    comment = await comment_on(store, post.id)
    await comment_on(store, post.id, parent_id=comment.id)
    everything = PostQuery(filter=EVERYBODY, limit=10)
    reads: list[tuple[Callable[[], Awaitable[object]], int]] = [
        (lambda: store.posts.get(post.id, comments=100), 1),
        (lambda: store.posts.read([post.id, new_id()], comments=10), 1),
        (lambda: store.posts.validators([post.id]), 1),
        (lambda: store.posts.page_validators(everything), 1),
        (lambda: store.posts.page_locations(everything), 1),
        (lambda: store.posts.find("slug", comments=100), 1),
        (lambda: store.posts.find_by_path("/path", comments=100), 1),
        (lambda: store.posts.find_validators(PostKey.SLUG, ["slug", "other"]), 1),
        (lambda: store.posts.find_validators(PostKey.PATH, ["/path", "/other"]), 1),
        (lambda: store.posts.count(EVERYBODY), 1),
        (lambda: store.posts.page(PostQuery(filter=EVERYBODY, limit=10, comments=0)), 1),
        (lambda: store.posts.page(PostQuery(filter=EVERYBODY, limit=10, comments=10)), 2),
        (lambda: store.posts.page(PostQuery(filter=EVERYBODY, limit=10, after=post.position())), 1),
        (lambda: store.posts.tags(TagQuery(moment=MOMENT, limit=10)), 1),
        (lambda: store.comments.get(post.id, comment.id), 1),
        (lambda: store.comments.page(CommentQuery(post_id=post.id, limit=10)), 1),
        (lambda: store.comments.branches(post.id, [comment.id], limit=10), 1),
        (lambda: store.comments.queue(QueueQuery(status=CommentStatus.PENDING, limit=10)), 1),
        (lambda: store.tokens.find("0" * 64), 1),
        (lambda: store.media.get(file.id), 1),
        (lambda: store.media.find([file.digest, "0" * 64]), 1),
        (lambda: store.media.page(MediaQuery(limit=10, unused=True)), 1),
        (lambda: store.media.uses(file.id, limit=10), 1),
        (lambda: store.media.is_public(file.digest, MOMENT), 1),
        (lambda: store.media_bytes.find(file.digest), 1),
        (store.ping, 1),
    ]
    for read, expected in reads:
        statements.clear()
        await read()
        assert len(statements) == expected, statements


async def test_a_write_takes_the_minimum_number_of_statements(
    store: SqlStore, statements: list[str], engine_name: str
) -> None:
    at_once = engine_name == "postgresql"
    editor_id = new_id()
    post = a_post(edited_by_id=editor_id, edit_began_at=MOMENT)
    comment = a_comment(post.id)
    policy = PostChange(updated_at=MOMENT, comment_policy="inherit")
    change = PostChange(updated_at=MOMENT, title="New", editor_id=editor_id)
    begins = PostChange(updated_at=MOMENT, title="Other")
    comment_change = CommentChange(updated_at=MOMENT, content="New")
    text = PostChange(updated_at=MOMENT, content="New", editor_id=editor_id)
    with_file = a_post(content=a_file().path)
    writes: list[tuple[Callable[[], Awaitable[object]], int]] = [
        (lambda: store.posts.add(post), 1),
        (lambda: store.posts.save(post.id, policy, match=None, comments=100), 1 if at_once else 3),
        (lambda: store.posts.save(post.id, change, match=None, comments=100), 1 if at_once else 4),
        (lambda: store.comments.add(comment), 1 if at_once else 2),
        (lambda: store.comments.save(post.id, comment.id, comment_change, match=None), 3),
        (lambda: store.comments.remove(post.id, comment.id, match=None), 5),
        (lambda: store.posts.save(post.id, text, match=None, comments=100), 1 if at_once else 6),
        (lambda: store.posts.save(post.id, begins, match=None, comments=100), 4 if at_once else 6),
        (lambda: store.posts.remove(post.id, match=None), 2),  # the first one releases its files
        (lambda: store.posts.add(with_file), 1 if at_once else 2),
    ]
    for write, expected in writes:
        statements.clear()
        await write()
        assert len(statements) == expected, statements


async def test_a_match_may_name_a_thousand_revisions(store: SqlStore) -> None:
    post = await publish(store)
    others = {Revision(version, 1) for version in range(2, 1_002)}
    change = PostChange(updated_at=MOMENT, title="New")
    saved = await store.posts.save(post.id, change, match=frozenset({post.revision, *others}), comments=0)
    assert saved.version == 2


_ON_BOTH_COLUMNS = {
    "sqlite": "(publication_date,id)",
    "postgresql": "(ROW(publication_date, (id)::text)",
    "mysql": '"used_key_parts": [{}, "publication_date", "id"]',
}
_PLACE = Position(MOMENT, new_id())


@pytest.mark.parametrize(
    ("branch", "first_columns"),
    [
        (None, '"post_id", "is_shown"'),
        (Branch(None), '"post_id", "parent_id", "is_shown"'),
        (Branch(new_id()), '"post_id", "parent_id", "is_shown"'),
    ],
    ids=["a thread", "what answers nothing", "a branch"],
)
@pytest.mark.parametrize("newest_first", [False, True])
async def test_an_index_serves_the_page_after_a_cursor(
    engine_name: str, alchemy: AsyncEngine, branch: Branch | None, first_columns: str, newest_first: bool
) -> None:
    query = CommentQuery(post_id=new_id(), limit=100, after=_PLACE, branch=branch, newest_first=newest_first)
    async with alchemy.connect() as connection:
        plan = await explain(engine_name, selects.page_of_thread(query), connection)
    assert _ON_BOTH_COLUMNS[engine_name].format(first_columns) in plan


@pytest.mark.parametrize("post_author_id", [None, new_id()], ids=["all posts", "one author's"])
async def test_an_index_serves_the_page_of_the_queue(
    engine_name: str, alchemy: AsyncEngine, post_author_id: Id | None
) -> None:
    query = QueueQuery(status=CommentStatus.PENDING, limit=100, after=_PLACE, post_author_id=post_author_id)
    async with alchemy.connect() as connection:
        plan = await explain(engine_name, selects.page_of_queue(query), connection)
    assert _ON_BOTH_COLUMNS[engine_name].format('"status"') in plan


async def explain(
    engine_name: str, explained: tuple[selects.AnySelect, Values], connection: AsyncConnection
) -> str:
    if engine_name == "postgresql":  # it scans small tables
        await connection.execute(text("SET enable_seqscan = off"))
    statement, parameters = explained
    compiled = statement.params(parameters).compile(
        dialect=connection.dialect, compile_kwargs={"literal_binds": True}
    )
    rows = await plan_of(engine_name, str(compiled), connection)
    plan = " ".join(" ".join(str(value) for row in rows for value in row).split())
    return plan.replace("[ ", "[").replace(" ]", "]")
