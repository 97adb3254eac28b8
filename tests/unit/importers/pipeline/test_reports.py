"""The report and the spool of an import."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.model import Note, Outcome, SourceComment, SourceThread, UnreadablePart
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.reports.import_report import ImportReport


@pytest.fixture
def report() -> Iterator[ImportReport]:
    with ImportReport() as report:
        yield report


def fill(report: ImportReport) -> None:
    report.imported("post", "1 'One'", Normalizer())
    report.imported("comment", "1 on 1", Normalizer(["it was cut", "it was late"]))
    report.already_present("post", "2 'Two'")
    report.dropped("entry", "3 'Thr\nee\x1b'", "it is \ud800")
    report.dropped("entry", "4", "it is empty")


def test_a_report_lists_items_that_were_not_imported_unchanged(report: ImportReport) -> None:
    fill(report)
    assert list(report.text()) == [
        "changed: comment 1 on 1: it was cut",
        "changed: comment 1 on 1: it was late",
        "dropped: entry 3 'Thr ee ': it is  ",
        "dropped: entry 4: it is empty",
        "Imported: 1 post",
        "Already there: 1 post",
        "Changed: 1 comment",
        "Dropped: 2 entries",
    ]


def test_items_with_the_same_reason_share_a_line(report: ImportReport) -> None:
    for number in range(120):
        report.dropped("featured image", f"{number} 'Title'", "Everpost has no featured images")
        report.imported(
            "post", f"{number} 'Title'", Normalizer([f"its slug 'a{number}' became 'b'", "it is old"])
        )
    report.dropped("entry", "7", "it is empty")
    assert list(report.text()) == [
        "dropped: 120 featured images: Everpost has no featured images (0 'Title', 1 'Title', …)",
        "changed: 120 posts: its slug … became … (0 'Title', 1 'Title', …)",
        "changed: 120 posts: it is old (0 'Title', 1 'Title', …)",
        "dropped: entry 7: it is empty",
        "Use --report FILE to list each of them.",
        "Changed: 120 posts",
        "Dropped: 1 entry, 120 featured images",
    ]


def test_a_report_of_a_large_blog_is_short(report: ImportReport) -> None:
    for number in range(5_000):
        kind = chr(ord("a") + number % 26) * (1 + number % 7)
        report.dropped(kind, f"{number}", "because " + "x" * (number % 11))
    lines = list(report.text())
    assert len(lines) < 40
    assert lines[-1].startswith("Dropped: ")
    assert lines[-2] == "Use --report FILE to list each of them."
    counted = sum(int(line.split()[1].replace(",", "")) for line in lines[:30])
    assert lines[30] == f"{5_000 - counted:,} more were changed or dropped for other reasons."


def test_everything_that_cannot_be_read_is_listed(report: ImportReport) -> None:
    for number in range(90):
        report.unreadable(UnreadablePart(kind="file", name=f"{number}.md", reason="line 1: not YAML"))
    assert len(list(report.text())) == 91
    for number in range(90):
        report.unreadable(UnreadablePart(kind="file", name=f"{number}.md", reason="line 1: not YAML"))
    lines = list(report.text())
    assert len(lines) == 103
    assert lines[100] == "unreadable: 80 more"


def test_an_empty_report_says_that_nothing_was_imported(report: ImportReport) -> None:
    assert list(report.text()) == ["Nothing was imported."]


def test_a_report_as_json_has_every_item(report: ImportReport, tmp_path: Path) -> None:
    fill(report)
    path = tmp_path / "report.json"
    report.save(path)
    read = json.loads(path.read_text())
    assert read["counts"] == {
        "already there": {"post": 1},
        "changed": {"comment": 1},
        "dropped": {"entry": 2},
        "imported": {"post": 1},
    }
    assert [item["name"] for item in read["items"]] == [note.name for note in report.notes()]
    assert read["items"][1] == {
        "outcome": "changed",
        "kind": "comment",
        "name": "1 on 1",
        "reason": "it was cut; it was late",
    }
    assert list(tmp_path.iterdir()) == [path]


def test_notes_can_be_added_after_reading_a_report(report: ImportReport) -> None:
    fill(report)
    list(report.notes())
    report.already_present("post", "5")
    assert [note.name for note in report.notes(Outcome.PRESENT)] == ["2 'Two'", "5"]
    assert report.count(Outcome.PRESENT) == report.count(Outcome.PRESENT, "post") == 2


def test_a_failed_save_leaves_no_report(report: ImportReport, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"report\.json"):
        report.save(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_large_report_is_not_kept_in_memory(report: ImportReport) -> None:
    for number in range(20_000):
        report.add(Note(outcome=Outcome.IMPORTED, kind="post", name=f"{number} {'x' * 100}"))
    assert sum(1 for _ in report.notes()) == 20_000


def test_a_thread_is_joined_from_its_parts() -> None:
    def comment(id: str, **values: str) -> SourceComment:
        moment = datetime(2024, 2, 29, 12, 30, 15, 123_456, tzinfo=UTC)
        return SourceComment(
            source_id=id,
            content="\ud800 words",
            publication_date=moment,
            updated_at=moment,
            status=CommentStatus.SPAM,
            changes=("it was cut",),
            **values,
        )

    first, second, third = comment("1"), comment("2", parent_id="1", name="Bob"), comment("3", author_id="a")
    with ImportSpool() as spool:
        spool.add_part(SourceThread(url="/a", title="A", comments=(first,)))
        spool.add_part(SourceThread(url="/b", title="B"))
        spool.add_part(SourceThread(url="/a", title="", comments=(second, third)))
        assert spool.count_threads() == 2
        assert list(spool.threads()) == [
            SourceThread(url="/a", title="A", comments=(first, second, third)),
            SourceThread(url="/b", title="B"),
        ]
