"""Checks of a history: each function yields a sentence for each violation of its promise."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.failovers.harness.history import NOTHING, REMOVED, Action, Ending, Exchange, State

ALLOWED = frozenset({200, 201, 204, 304, 404, 409, 412, 429, 503})


def violations(history: Sequence[Exchange], ending: Ending) -> list[str]:
    """A sentence for each violation of a promise."""
    return [
        *wrong_answers(history),
        *lost(history, ending),
        *returned(history, ending),
        *doubled(history, ending),
        *gone_back(history),
        *rolled_back(history, ending),
        *won_twice(history),
    ]


def wrong_answers(history: Sequence[Exchange]) -> Iterator[str]:
    """Responses have documented statuses, 503 has `Retry-After`, and writes return what was written."""
    for each in history:
        if each.status is not None and each.status not in ALLOWED:
            yield f"{_named(each)} was answered {each.status}."
        if each.status == 503 and not each.retry_after:
            yield f"{_named(each)} was answered 503 without Retry-After."
        if each.is_acknowledged and each.state and each.state.content != each.content:
            yield f"{_named(each)} of {each.content!r} was answered {each.state.content!r}."


def lost(history: Sequence[Exchange], ending: Ending) -> Iterator[str]:
    """Every acknowledged write is in the final state."""
    there = dict(comment for thread in ending.comments.values() for comment in thread)
    removals = _possibly_removed(history)
    latest: dict[str, State] = {}
    for each in history:
        known = latest.get(each.resource, NOTHING)
        if each.state is not None and each.state.version >= known.version:
            latest[each.resource] = each.state
        if not each.is_acknowledged or each.resource in removals:
            continue
        if each.parent is None and each.resource not in ending.posts:
            yield f"The post {each.resource} was acknowledged and is lost."
        if each.parent is not None and each.resource not in there:
            yield f"The comment {each.resource} was acknowledged and is lost."
    for resource, content in there.items():
        state = latest.get(resource)
        if state is not None and state is not REMOVED and state.content != content:
            yield f"The comment {resource} is {content!r}, and its last version was {state.content!r}."


def returned(history: Sequence[Exchange], ending: Ending) -> Iterator[str]:
    """No post contains a comment that had been removed when the post was requested."""
    removed: dict[str, float] = {}
    for each in history:
        if each.state is REMOVED:
            removed[each.resource] = min(each.answered, removed.get(each.resource, each.answered))
    for each in history:
        for name in sorted(each.state.comments if each.state else ()):
            if removed.get(name, each.sent) < each.sent:
                yield f"{_named(each)} showed the comment {name} after it had been removed."
    for post, thread in ending.comments.items():
        for name, _ in thread:
            if name in removed:
                yield f"The comment {name} was removed and is in {post} in the end."


def doubled(history: Sequence[Exchange], ending: Ending) -> Iterator[str]:
    """The final state has everything that was sent, even repeatedly, once, and nothing else."""
    sent = {each.resource for each in history if each.action is Action.ADD}
    found = Counter(ending.posts)
    for thread in ending.comments.values():
        found.update(name for name, _ in thread)
    for resource, times in found.items():
        if times > 1:
            yield f"{resource} is there {times} times."
        if resource not in sent:
            yield f"{resource} is there, and nobody sent it."
    in_order = sorted(history, key=lambda each: each.sent)
    last = {each.resource: each.state for each in in_order if each.action is Action.READ and each.state}
    for post, thread in ending.comments.items():
        state = last.get(post)
        if state is not None and state.comment_count != len(thread):
            yield f"The post {post} counts {state.comment_count} comments and has {len(thread)}."


def gone_back(history: Sequence[Exchange]) -> Iterator[str]:
    """A response is never older than any response that was received before the request was sent."""
    versions: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    shrinking = {each.parent for each in history if each.action is Action.REMOVE}
    answers = sorted(history, key=lambda each: each.answered)
    position = 0
    for each in sorted(history, key=lambda each: each.sent):
        while position < len(answers) and answers[position].answered <= each.sent:
            earlier = answers[position]
            position += 1
            if earlier.state is not None:
                versions[earlier.resource] = max(versions[earlier.resource], earlier.state.version)
                counts[earlier.resource] = max(counts[earlier.resource], earlier.state.comment_count)
        if each.state is None:
            continue
        if each.state.version < versions[each.resource] == REMOVED.version:
            yield f"{_named(each)} showed version {each.state.version} after it had been removed."
        elif each.state.version < versions[each.resource]:
            yield f"{_named(each)} showed version {each.state.version} after {versions[each.resource]}."
        if each.state.comment_count < counts[each.resource] and each.resource not in shrinking:
            yield f"{_named(each)} showed {each.state.comment_count} comments after {counts[each.resource]}."
    yield from _comments_missed(history)


def _comments_missed(history: Sequence[Exchange]) -> Iterator[str]:
    """A post contains every comment that had been acknowledged when it was requested, unless removed."""
    added: dict[str, dict[str, float]] = defaultdict(dict)
    removals: dict[str, dict[str, float]] = defaultdict(dict)
    for each in history:
        if each.parent is not None and each.action is Action.ADD and each.is_acknowledged:
            known = added[each.parent]
            known[each.resource] = min(each.answered, known.get(each.resource, each.answered))
        if each.parent is not None and each.action is Action.REMOVE:
            known = removals[each.parent]
            known[each.resource] = min(each.sent, known.get(each.resource, each.sent))
    times = {post: sorted(known.values()) for post, known in added.items()}
    ends = {post: sorted(known.values()) for post, known in removals.items()}
    for each in history:
        if each.state is None or each.resource not in times:
            continue
        least = bisect_right(times[each.resource], each.sent)
        least -= bisect_right(ends.get(each.resource, ()), each.answered)
        if each.state.comment_count < least:
            yield f"{_named(each)} showed {each.state.comment_count} comments when {least} were acknowledged."


def rolled_back(history: Sequence[Exchange], ending: Ending) -> Iterator[str]:
    """Each version has one state, and each comment that was shown is in the final state, unless removed."""
    contents: dict[tuple[str, int], set[str]] = defaultdict(set)
    tags: dict[tuple[str, int], set[str]] = defaultdict(set)
    shown: dict[str, set[str]] = defaultdict(set)
    for each in history:
        if each.state is None or each.state.version == 0:
            continue
        key = (each.resource, each.state.version)
        contents[key].add(each.state.content)
        if each.state.tag is not None:
            tags[key].add(each.state.tag)
        shown[each.resource] |= each.state.comments
    for seen in (contents, tags):
        for (resource, version), values in seen.items():
            if len(values) > 1:
                yield f"{resource} had more than one version {version}: {', '.join(sorted(values))}."
    removals = _possibly_removed(history)
    for post, ids in shown.items():
        there = {name for name, _ in ending.comments.get(post, ())} | removals
        for name in sorted(ids - there):
            yield f"The comment {name} was shown in {post} and is not there in the end."


def won_twice(history: Sequence[Exchange]) -> Iterator[str]:
    """Of the changes and removals with the same ETag in `If-Match`, only one is acknowledged."""
    winners = Counter(
        (each.resource, each.based_on)
        for each in history
        if each.is_acknowledged and each.based_on is not None
    )
    for (resource, tag), times in winners.items():
        if times > 1:
            yield f"{times} changes of {resource} with If-Match {tag} were acknowledged."


def _possibly_removed(history: Sequence[Exchange]) -> set[str]:
    """The comments whose removal was requested, unless it was refused because of `If-Match`."""
    return {each.resource for each in history if each.action is Action.REMOVE and each.status != 412}


def _named(each: Exchange) -> str:
    return f"At {each.sent:.3f}, to {each.action.value} {each.resource}"
