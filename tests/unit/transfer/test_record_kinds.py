"""Archives with unknown kinds of records, or without known ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record
from everpost.errors import BrokenFile
from everpost.stores.sql.bulk.record_tables import RECORD_TABLES
from everpost.transfer.archive.checker import check
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import Phase
from tests.contract.port.blog.whole_blogs import SETTINGS, a_whole_blog
from tests.unit.transfer.listed import Listed
from tests.unit.transfer.toys import BADGES, TOY_KINDS, WHOLE, notes_on


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


def test_every_kind_has_a_table_in_the_order_of_the_registry() -> None:
    assert [table.kind for table in RECORD_TABLES] == list(KINDS)


async def test_an_archive_with_unknown_kinds_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "blog"
    await export(Listed(WHOLE, TOY_KINDS), str(file), quiet)
    with open_archive(str(file), KINDS) as archive, pytest.raises(BrokenFile) as broken:
        check(archive, quiet)
    assert broken.value.reason == "kinds: has 'note', unknown to this version of Everpost: use a newer one"


async def test_an_archive_from_before_the_new_kinds_is_read(tmp_path: Path) -> None:
    file = tmp_path / "blog"
    await export(Listed(a_whole_blog()), str(file), quiet)
    with open_archive(str(file), TOY_KINDS) as archive:
        assert check(archive, quiet).digest.counts["note"] == 0
        async with archive.snapshot() as snapshot:
            assert (await snapshot.count())["badge"] == 0


@pytest.mark.parametrize(
    ("records", "place", "reason"),
    [
        (
            [SETTINGS, BADGES[1], BADGES[0]],
            "line 4",
            "the line: is out of order: see the order of records",
        ),
        (
            [SETTINGS, BADGES[0], replace(BADGES[1], label=BADGES[0].label)],
            "line 4",
            "label: another badge already has it",
        ),
        ([SETTINGS, *notes_on(1, 1)], "line 3", "post_id: is not the post before it"),
    ],
)
async def test_the_rules_of_new_kinds_are_checked(
    tmp_path: Path, records: Sequence[Record], place: str, reason: str
) -> None:
    file = tmp_path / "blog"
    await export(Listed(records, TOY_KINDS), str(file), quiet)
    with open_archive(str(file), TOY_KINDS) as archive, pytest.raises(BrokenFile) as broken:
        check(archive, quiet)
    assert (broken.value.place, broken.value.reason) == (place, reason)
