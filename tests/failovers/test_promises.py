"""The checks detect a history that breaks a promise, and accept one that keeps them all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.failovers.harness.history import NOTHING, REMOVED, Action, Ending, Exchange, State
from tests.failovers.harness.promises import violations
from tests.failovers.harness.report import longest_gap

FIRST = State(version=1, content="Post p")


def added(resource: str, sent: float, *, parent: str | None = None, status: int | None = 201) -> Exchange:
    content = f"{'Comment' if parent else 'Post'} {resource}"
    return Exchange(
        action=Action.ADD,
        resource=resource,
        sent=sent,
        answered=sent + 0.5,
        status=status,
        parent=parent,
        content=content,
        state=State(version=1, content=content) if status in (200, 201) else None,
    )


def read(resource: str, sent: float, state: State, *, status: int = 200) -> Exchange:
    return Exchange(
        action=Action.READ, resource=resource, sent=sent, answered=sent + 0.5, status=status, state=state
    )


def changed(resource: str, sent: float, title: str, *, version: int, based_on: str) -> Exchange:
    return Exchange(
        action=Action.CHANGE,
        resource=resource,
        sent=sent,
        answered=sent + 0.5,
        status=200,
        content=title,
        based_on=based_on,
        state=State(version=version, content=title, comment_count=1),
    )


def edited(sent: float, content: str, *, version: int, based_on: str) -> Exchange:
    state = State(version=version, content=content)
    return replace(changed("c", sent, content, version=version, based_on=based_on), parent="p", state=state)


def removed(sent: float, *, status: int | None = 204, based_on: str = "e") -> Exchange:
    return Exchange(
        action=Action.REMOVE,
        resource="c",
        sent=sent,
        answered=sent + 0.5,
        status=status,
        parent="p",
        based_on=based_on,
        state=REMOVED if status in (204, 404) else None,
    )


def with_comment(*ids: str) -> State:
    return replace(
        FIRST, version=len(ids) + 1, tag=f"{len(ids)}", comment_count=len(ids), comments=frozenset(ids)
    )


GOOD = (
    added("p", 0),
    read("p", 1, with_comment()),
    added("c", 2, parent="p", status=None),
    added("c", 3, parent="p", status=503),
    added("c", 4, parent="p", status=200),
    read("c", 5, State(version=1, content="Comment c")),
    read("p", 5, with_comment("c")),
    read("p", 6, with_comment("c"), status=304),
)
GOOD = (*GOOD[:3], replace(GOOD[3], retry_after=True), *GOOD[4:])
EDITED = (*GOOD, edited(7, "A", version=2, based_on="d"))
WITHOUT = replace(with_comment(), version=4, tag="none")
GONE = (*EDITED, removed(8), read("c", 9, REMOVED, status=404), read("p", 9, WITHOUT))
END = Ending(posts=["p"], comments={"p": [("c", "Comment c")]})


def test_a_good_history_breaks_no_promise() -> None:
    assert violations(GOOD, END) == []
    concurrent = read("p", 4.1, with_comment())  # sent before the comment was acknowledged
    assert violations([*GOOD, concurrent], END) == []
    twice = [
        changed("p", 7, "A", version=3, based_on="1"),
        read("p", 8, State(version=3, content="A", comment_count=1)),
    ]
    assert violations([*GOOD, *twice], END) == []


def test_edits_and_removals_break_no_promise() -> None:
    edit = replace(END, comments={"p": [("c", "A")]})
    removal = replace(END, comments={"p": []})
    assert violations(EDITED, edit) == []
    assert violations(GONE, removal) == []
    unknown = [*EDITED, replace(removed(8, status=503), retry_after=True)]
    assert violations(unknown, edit) == []
    assert violations([*unknown, read("p", 9, WITHOUT)], removal) == []
    still_there = State(version=2, content="A")
    concurrent = [read("c", 8.1, still_there), read("p", 8.1, replace(with_comment("c"), version=3))]
    assert violations([*GONE, *concurrent], removal) == []


BAD: dict[str, Callable[[], tuple[list[Exchange], Ending]]] = {
    "is lost": lambda: ([*GOOD], replace(END, comments={"p": []})),
    "The post q was acknowledged and is lost": lambda: ([*GOOD, added("q", 7)], END),
    "is 'Another', and its last version was 'Comment c'": lambda: (
        [*GOOD],
        replace(END, comments={"p": [("c", "Another")]}),
    ),
    "is there 2 times": lambda: ([*GOOD], replace(END, comments={"p": [("c", "Comment c")] * 2})),
    "nobody sent it": lambda: ([*GOOD], replace(END, posts=["p", "x"])),
    "counts 1 comments and has 2": lambda: (
        [*GOOD, added("d", 7, parent="p")],
        replace(END, comments={"p": [("c", "Comment c"), ("d", "Comment d")]}),
    ),
    "showed version 1 after 2": lambda: ([*GOOD, read("p", 7, with_comment())], END),
    "showed 0 comments after 1": lambda: ([*GOOD, read("p", 7, replace(with_comment(), version=9))], END),
    "showed version 0 after 1": lambda: ([*GOOD, read("c", 7, NOTHING, status=404)], END),
    "when 1 were acknowledged": lambda: (
        [*(each for each in GOOD if each.resource == "c"), read("p", 5, with_comment())],
        END,
    ),
    "more than one version 2: Phantom, Post p": lambda: (
        [*GOOD, read("p", 7, replace(with_comment("c"), content="Phantom"))],
        END,
    ),
    "more than one version 2: 1, other": lambda: (
        [*GOOD, read("p", 7, replace(with_comment("c"), tag="other"))],
        END,
    ),
    "The comment d was shown in p": lambda: (
        [*GOOD, read("p", 7, replace(with_comment("c", "d"), comment_count=2))],
        END,
    ),
    "2 changes of p with If-Match 1": lambda: (
        [*GOOD, *(changed("p", time, "A", version=time, based_on="1") for time in (7, 8))],
        END,
    ),
    "is 'Comment c', and its last version was 'A'": lambda: ([*EDITED], END),
    "The comment c was acknowledged and is lost": lambda: (
        [*EDITED, removed(8, status=412)],
        replace(END, comments={"p": []}),
    ),
    "The comment c was removed and is in p in the end": lambda: ([*GONE], END),
    "showed the comment c after it had been removed": lambda: (
        [*GONE, read("p", 10, replace(with_comment("c"), version=9))],
        END,
    ),
    "showed version 2 after it had been removed": lambda: (
        [*GONE, read("c", 10, State(version=2, content="A"))],
        END,
    ),
    "2 changes of c with If-Match d": lambda: ([*EDITED, removed(8, based_on="d")], END),
    "was answered 500": lambda: ([*GOOD, replace(GOOD[3], status=500)], END),
    "without Retry-After": lambda: ([*GOOD, replace(GOOD[3], retry_after=False)], END),
    "of 'Post p' was answered 'Another'": lambda: (
        [*GOOD, replace(GOOD[0], state=replace(FIRST, content="Another"))],
        END,
    ),
}
"""Histories that break a promise, by the expected message."""


@pytest.mark.parametrize("said", BAD)
def test_a_history_that_breaks_a_promise_is_detected(said: str) -> None:
    history, ending = BAD[said]()
    broken = violations(history, ending)
    assert any(said in each for each in broken), broken


def test_the_longest_gap_begins_before_the_fault_and_ends_after_it() -> None:
    moments = [1.0, 2.0, 2.9, 5.0, 5.5, 9.0]
    assert longest_gap(moments, since=3.0, until=5.2) == pytest.approx(2.1)
    assert longest_gap(moments, since=1.5, until=2.5) == pytest.approx(1.0)
    assert longest_gap([], since=3.0, until=5.0) == 2.0
