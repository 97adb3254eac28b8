"""Names and email addresses of imported authors and guests."""

from dataclasses import replace

from everpost.domain.people.users import Role, UserQuery, checked_name
from everpost.stores.port import Store
from everpost.transfer.importers.model import Item, Note, Outcome, SourceAuthor
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import read_post, register
from tests.contract.transfer.sources import ADA, MOMENT, ORIGIN, a_source, all_of, source_comment

NAMES = ("Ad\u200ba", "A\x00da\ud800", "\u202eAda", "Ada\nL.", "\u3164", " ", "a" * 150, "Ada")


async def notes_of(store: Store, *items: Item) -> list[Note]:
    with ImportReport() as report:
        await import_items(store, iter(items), ImportContext(report=report), origin=ORIGIN)
        return list(report.notes())


async def users_of(store: Store) -> dict[str, str]:
    """Names by email address."""
    return {user.email: user.name for user in (await store.users.page(UserQuery(limit=50))).rows}


async def test_the_name_of_an_author_follows_the_rules_for_names(store: Store) -> None:
    authors = [
        SourceAuthor(source_id=f"login-{number}\x00", name=name, email=f"{number}@example.org")
        for number, name in enumerate(NAMES)
    ]
    notes = await notes_of(store, *authors)
    names = await users_of(store)
    assert list(names.values()) == [checked_name(name) for name in names.values()]
    assert [names[f"{number}@example.org"] for number in range(len(NAMES))] == [
        *("Ada", "Ada", "Ada", "Ada L.", "login-4", "login-5", "a" * 100, "Ada")
    ]
    assert [note.outcome for note in notes] == [Outcome.CHANGED] * 7 + [Outcome.IMPORTED]


async def test_the_name_of_a_guest_follows_the_rules_for_names(store: Store) -> None:
    comments = [replace(source_comment(str(number)), name=name) for number, name in enumerate(NAMES)]
    notes = await notes_of(store, a_source("1", *comments))
    _, (thread,) = await all_of(store)
    names = {comment.content: comment.guest_name for comment in thread}
    assert [names[f"Words {number}"] for number in range(len(NAMES))] == [
        *("Ada", "Ada", "Ada", "Ada L.", None, None, "a" * 100, "Ada")
    ]
    changed = {note.name.partition(" ")[0]: note.reason for note in notes if note.outcome is Outcome.CHANGED}
    assert changed.keys() == {"0", "1", "2", "3", "4", "6"}
    assert all(repr(NAMES[int(number)][:40]) in changed[number] for number in "01234")


async def test_two_authors_with_the_same_address_are_two_users(store: Store) -> None:
    bot = SourceAuthor(source_id="bot", name="Bot", email="ADA@example.org")
    twin = replace(ADA, source_id="ada2")
    posts = [replace(a_source(author), author_id=author) for author in ("ada", "bot", "ada2")]
    notes = await notes_of(store, ADA, bot, twin, *posts)
    stand_in = f"author-{ORIGIN.stable_id('author', 'bot')}@wordpress.invalid"
    assert await users_of(store) == {"ada@example.org": "Ada", stand_in: "Bot"}
    assert [note.outcome for note in notes[:3]] == [Outcome.IMPORTED, Outcome.CHANGED, Outcome.PRESENT]
    assert notes[1].reason == f"its email address is that of 'Ada', so it got the placeholder {stand_in}"
    shown = [await read_post(store, ORIGIN.stable_id("post", each.source_id, MOMENT)) for each in posts]
    assert [post.author and post.author.name for post in shown] == ["Ada", "Bot", "Ada"]
    for items in ((ADA, bot, twin), (bot, twin, ADA)):
        assert {note.outcome for note in await notes_of(store, *items)} == {Outcome.PRESENT}
    assert len(await users_of(store)) == 2


async def test_an_existing_user_matches_one_author_with_the_address(store: Store) -> None:
    await register(store, email="ada@example.org", name="Ada L.", role=Role.ADMIN)
    bot = SourceAuthor(source_id="bot", name="Bot", email="ada@example.org")
    for outcomes in ([Outcome.PRESENT, Outcome.CHANGED], [Outcome.PRESENT, Outcome.PRESENT]):
        assert [note.outcome for note in await notes_of(store, ADA, bot)] == outcomes
        assert sorted((await users_of(store)).values()) == ["Ada L.", "Bot"]
    assert {note.outcome for note in await notes_of(store, bot, ADA)} == {Outcome.PRESENT}
    assert len(await users_of(store)) == 2
