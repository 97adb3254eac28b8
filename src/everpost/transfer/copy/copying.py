"""Moving a whole blog into a database, and telling whether it has arrived."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from everpost.domain.blog import Blog
from everpost.domain.records import Transfer
from everpost.errors import Conflict, Occupied
from everpost.stores.port import Records
from everpost.transfer.copy.streams import Nothing, Source, open_stream
from everpost.transfer.copy.sync import Comparison, Write, sync


class Phase(StrEnum):
    """What is being done."""

    COMPARING = "Comparing"
    COPYING = "Copying"
    VERIFYING = "Verifying"


Progress = Callable[[Phase, int, int], None]
"""Is told how many records of the source are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How a copy ended."""

    carried: Comparison
    """What there was to be done."""
    after: Comparison | None = None
    """The comparison after the target was read back; None if nothing was written."""

    @property
    def agrees(self) -> bool:
        """Whether the target is as the source was when it was last read."""
        return (self.after or self.carried).is_equal

    @property
    def has_arrived(self) -> bool:
        """Whether the target is as the source was when it was copied."""
        return self.after is None or self.after.target.whole == self.carried.source.whole


async def verify(source: Source, target: Source, report: Progress) -> Comparison:
    """Compare every record."""
    return await _compare(source, target, report, Phase.VERIFYING)


async def copy(source: Source, target: Records, report: Progress, *, origin: str) -> Copied:
    """Make the target equal to a snapshot of the source, and read it back. `origin` is the source's.

    The target must be empty, hold an unfinished move of the same blog or a finished one that nobody has
    written to since, or already be equal. Occupied: none of these; the target is left as it was.
    """
    latest = await target.transfer()
    if not await _begin_at_once(target, latest, origin):
        survey = await _compare(source, target, report, Phase.COMPARING)
        if survey.is_equal:
            return Copied(carried=survey)
        _require_untouched(latest, survey, origin)
        await target.begin(origin, latest=latest)
    carried = await _compare(source, target, report, Phase.COPYING, target.write)
    copied = Copied(carried=carried, after=await _read_back(carried, source, target, report))
    if copied.has_arrived:
        await target.finish(Transfer(origin=origin, digest=carried.source.whole))
    return copied


async def rehearse(source: Source, target: Records | None, report: Progress, *, origin: str) -> Comparison:
    """What a copy would do; None is a database without a schema. Occupied, as for `copy`."""
    if target is None:
        return await _compare(source, Nothing(source.kinds), report, Phase.COMPARING)
    survey = await _compare(source, target, report, Phase.COMPARING)
    latest = await target.transfer()
    if latest is not None and not latest.is_finished:
        _require_same(latest, origin)
    elif not survey.is_equal and not (latest is None and await _is_new(target, survey)):
        _require_untouched(latest, survey, origin)
    return survey


async def _begin_at_once(target: Records, latest: Transfer | None, origin: str) -> bool:
    """Begin where the target is empty or holds an unfinished move; where not, it must be looked at first.
    Occupied: the move was that of another blog.
    """
    if latest is not None:
        if latest.is_finished:
            return False
        _require_same(latest, origin)
        await target.begin(origin, latest=latest)
        return True
    try:
        await target.begin(origin, latest=None)
    except Conflict:
        return False
    return True


async def _compare(
    source: Source, target: Source, report: Progress, phase: Phase, write: Write | None = None
) -> Comparison:
    async with open_stream(source) as ours, open_stream(target) as theirs:
        total = sum(ours.counts.values())
        report(phase, 0, total)
        return await sync(ours, theirs, write, lambda done: report(phase, done, total))


async def _read_back(carried: Comparison, source: Source, target: Source, report: Progress) -> Comparison:
    """Compare the two by their digests; record by record if those differ, or the source has changed."""
    total = sum(carried.source.counts.values())
    async with open_stream(target) as stream:
        report(Phase.VERIFYING, 0, total)
        there = await stream.read(lambda done: report(Phase.VERIFYING, min(done, total), total))
    if there != carried.source or not await _is_as_it_was(source, carried.fingerprint):
        return await verify(source, target, report)
    same = carried.kept + carried.same
    return replace(carried, kept=0, erased=0, same=same, target=there, examples=())


async def _is_as_it_was(source: Source, fingerprint: str | None) -> bool:
    """Whether nobody has written to the source since it had this fingerprint."""
    async with source.snapshot() as snapshot:
        return fingerprint is not None and await snapshot.fingerprint() == fingerprint


async def _is_new(target: Records, survey: Comparison) -> bool:
    """Whether nobody has done anything in the blog yet."""
    counts = survey.target.counts
    if any(counts[kind.name] for kind in target.kinds if not kind.is_single):
        return False
    async with open_stream(target) as stream:
        settings = None if stream.head is None else stream.head.record
        return isinstance(settings, Blog) and settings.version == 1


def _require_same(latest: Transfer, origin: str) -> None:
    if latest.origin != origin:
        raise Occupied(
            "The target holds part of another blog, whose copy or import was interrupted. Finish that one, or"
            " choose an empty database."
        )


def _require_untouched(latest: Transfer | None, survey: Comparison, origin: str) -> None:
    """Let the target be as a move of this blog left it."""
    if latest is None or latest.origin != origin:
        raise Occupied("The target already holds other content: choose an empty database.")
    if latest.digest != survey.target.whole:
        raise Occupied(
            "The target has changed since this blog was copied there, and those changes would be lost."
            " Choose an empty database."
        )
