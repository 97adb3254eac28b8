"""Checks of a history: each function yields a sentence for each violation of its promise."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.failovers.harness.history import Action, Ending, Exchange

ALLOWED = frozenset({200, 201, 204, 304, 404, 409, 412, 429, 503})


def violations(history: Sequence[Exchange], ending: Ending) -> list[str]:
    """A sentence for each violation of a promise."""
    return [
        *wrong_answers(history),
        *lost(history, ending),
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
    """Every acknowledged write is in the final state, as it was sent."""
    there = dict(comment for thread in ending.comments.values() for comment in thread)
    for each in history:
        if not each.is_acknowledged:
            continue
        if each.parent is None:
            if each.resource not in ending.posts:
                yield f"The post {each.resource} was acknowledged and is lost."
        elif each.resource not in there:
            yield f"The comment {each.resource} was acknowledged and is lost."
        elif there[each.resource] != each.content:
            yield f"The comment {each.resource} is {there[each.resource]!r}, and {each.content!r} was sent."


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
        if each.state.version < versions[each.resource]:
            yield f"{_named(each)} showed version {each.state.version} after {versions[each.resource]}."
        if each.state.comment_count < counts[each.resource]:
            yield f"{_named(each)} showed {each.state.comment_count} comments after {counts[each.resource]}."
    yield from _comments_missed(history)


def _comments_missed(history: Sequence[Exchange]) -> Iterator[str]:
    """A post contains every comment that had been acknowledged when it was requested."""
    acknowledged: dict[str, dict[str, float]] = defaultdict(dict)
    for each in history:
        if each.is_acknowledged and each.parent is not None:
            known = acknowledged[each.parent]
            known[each.resource] = min(each.answered, known.get(each.resource, each.answered))
    times = {post: sorted(known.values()) for post, known in acknowledged.items()}
    for each in history:
        if each.state is None or each.resource not in times:
            continue
        least = bisect_right(times[each.resource], each.sent)
        if each.state.comment_count < least:
            yield f"{_named(each)} showed {each.state.comment_count} comments when {least} were acknowledged."


def rolled_back(history: Sequence[Exchange], ending: Ending) -> Iterator[str]:
    """Each version has one state, and every comment that was shown is in the final state."""
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
    for post, ids in shown.items():
        there = {name for name, _ in ending.comments.get(post, ())}
        for name in sorted(ids - there):
            yield f"The comment {name} was shown in {post} and is not there in the end."


def won_twice(history: Sequence[Exchange]) -> Iterator[str]:
    """Of the changes with the same ETag in `If-Match`, only one is acknowledged."""
    winners = Counter(
        (each.resource, each.based_on)
        for each in history
        if each.is_acknowledged and each.based_on is not None
    )
    for (resource, tag), times in winners.items():
        if times > 1:
            yield f"{times} changes of {resource} with If-Match {tag} were acknowledged."


def _named(each: Exchange) -> str:
    return f"At {each.sent:.3f}, to {each.action.value} {each.resource}"
