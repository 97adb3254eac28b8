"""Copying a blog to another store, and verifying the copy."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum

from everpost.domain.blog import Blog
from everpost.domain.records import Transfer
from everpost.errors import Conflict, Occupied
from everpost.stores.port import Records
from everpost.transfer.copy.streams import EmptySource, Source, open_stream
from everpost.transfer.copy.sync import Comparison, Write, sync
from everpost.transfer.media.comparison import Side, check_sides
from everpost.transfer.media.copies import FileReport, Route, copy_files
from everpost.transfer.media.file_list import FileList


class Phase(StrEnum):
    """The phases of copies, exports and imports."""

    COMPARING = "Comparing"
    COPYING = "Copying"
    VERIFYING = "Verifying"
    EXPORTING = "Exporting"
    CHECKING = "Checking"
    COPYING_FILES = "Copying files"
    VERIFYING_FILES = "Verifying files"
    EXPORTING_FILES = "Exporting files"
    CHECKING_FILES = "Checking files"

    @property
    def is_about_files(self) -> bool:
        """Whether bytes of files are counted, not records."""
        return self in _ABOUT_FILES


_ABOUT_FILES = {Phase.COPYING_FILES, Phase.VERIFYING_FILES, Phase.EXPORTING_FILES, Phase.CHECKING_FILES}
Progress = Callable[[Phase, int, int], None]
"""Called with the phase, the number of source records, or of bytes of files, processed so far, and the total.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """The outcome of a copy."""

    before: Comparison
    """How the target differed from the source."""
    after: Comparison | None = None
    """The comparison after the target was read back; None if nothing was written."""
    files: FileReport | None = None
    """The report on the bytes of files; None if they were left out."""

    @property
    def agrees(self) -> bool:
        """Whether the target equals the source as it was last read."""
        return (self.after or self.before).is_equal

    @property
    def has_all_files(self) -> bool:
        """Whether the source had the bytes of all files, or they were left out."""
        return self.files is None or not self.files.faults

    @property
    def is_complete(self) -> bool:
        """Whether the target equals the snapshot of the source that was copied."""
        return self.after is None or self.after.target.whole == self.before.source.whole


async def verify(
    source: Source, target: Source, progress: Progress, *, files: tuple[FileList, FileList] | None = None
) -> Comparison:
    """Compare every record. The files of the source, and those of the target, are added to `files`."""
    return await _compare(source, target, progress, Phase.VERIFYING, files=files or (None, None))


async def verify_files(source: Side, target: Side, progress: Progress) -> tuple[FileReport, FileReport]:
    """Compare the bytes of all files of both blogs with their digests."""
    total = source.files.size + target.files.size
    progress(Phase.VERIFYING_FILES, 0, total)
    return await check_sides(source, target, lambda done: progress(Phase.VERIFYING_FILES, done, total))


async def copy(  # noqa: PLR0913 - the origin, the digest and the route are facts about the source
    source: Source,
    target: Records,
    progress: Progress,
    *,
    origin: str,
    digest: str | None = None,
    route: Route | None = None,
) -> CopyResult:
    """Make the target equal to a snapshot of the source, and read it back. `origin` is that of the source.
    With `digest`, the copy stays unfinished unless this is the digest of what was copied. `route` is that of
    the bytes of files, which are all in the target before the copy is finished, except for those that the
    source lacks; without it, they are left out.

    The target must be empty, hold an unfinished copy of the same blog, hold a finished copy of it that has
    not been changed since, or be equal already. Raises Occupied if none of this is true; then nothing was
    written.
    """
    latest = await target.transfer()
    with closing(FileList()) as files:
        if not await _try_begin(target, latest, origin):
            comparison = await _compare(source, target, progress, Phase.COMPARING, files=(files, None))
            if comparison.is_equal:
                return CopyResult(before=comparison, files=await _copy_files(files, route, progress))
            _require_unchanged(latest, comparison, origin)
            await target.begin(origin, latest=latest)
            files.clear()
        before = await _compare(source, target, progress, Phase.COPYING, target.write, files=(files, None))
        report = await _copy_files(files, route, progress)
    after = await _read_back(before, source, target, progress)
    copied = CopyResult(before=before, after=after, files=report)
    if copied.is_complete and digest in {None, before.source.whole}:
        await target.finish(Transfer(origin=origin, digest=before.source.whole))
    return copied


async def rehearse(
    source: Source,
    target: Records | None,
    progress: Progress,
    *,
    origin: str,
    files: FileList | None = None,
) -> Comparison:
    """Compare like `copy`, but write nothing. The target None is a database without a schema. The files of
    the source are added to `files`. Raises Occupied as `copy` does.
    """
    noted = (files, None)
    if target is None:
        return await _compare(source, EmptySource(source.kinds), progress, Phase.COMPARING, files=noted)
    comparison = await _compare(source, target, progress, Phase.COMPARING, files=noted)
    latest = await target.transfer()
    if latest is not None and not latest.is_finished:
        _require_same_origin(latest, origin)
    elif not comparison.is_equal and not (latest is None and await _is_new(target, comparison)):
        _require_unchanged(latest, comparison, origin)
    return comparison


async def _try_begin(target: Records, latest: Transfer | None, origin: str) -> bool:
    """Begin if the target is empty or holds an unfinished copy of this blog; otherwise return False, because
    the target has to be compared first. Raises Occupied if it holds an unfinished copy of another blog.
    """
    if latest is not None:
        if latest.is_finished:
            return False
        _require_same_origin(latest, origin)
        await target.begin(origin, latest=latest)
        return True
    try:
        await target.begin(origin, latest=None)
    except Conflict:
        return False
    return True


async def _compare(  # noqa: PLR0913 - both sides, their files, and what to do
    source: Source,
    target: Source,
    progress: Progress,
    phase: Phase,
    write: Write | None = None,
    *,
    files: tuple[FileList | None, FileList | None] = (None, None),
) -> Comparison:
    async with open_stream(source, files[0]) as ours, open_stream(target, files[1]) as theirs:
        total = sum(ours.counts.values())
        progress(phase, 0, total)
        return await sync(ours, theirs, write, lambda done: progress(phase, done, total))


async def _copy_files(files: FileList, route: Route | None, progress: Progress) -> FileReport | None:
    if route is None:
        return None
    progress(Phase.COPYING_FILES, 0, files.size)
    return await copy_files(files, route, lambda done: progress(Phase.COPYING_FILES, done, files.size))


async def _read_back(before: Comparison, source: Source, target: Source, progress: Progress) -> Comparison:
    """Compare the digests of the two; compare record by record if they differ, or if the source has
    changed.
    """
    total = sum(before.source.counts.values())
    async with open_stream(target) as stream:
        progress(Phase.VERIFYING, 0, total)
        digest = await stream.read(lambda done: progress(Phase.VERIFYING, min(done, total), total))
    if digest != before.source or not await _is_unchanged(source, before.fingerprint):
        return await verify(source, target, progress)
    same = before.kept + before.same
    return replace(before, kept=0, erased=0, same=same, target=digest, examples=())


async def _is_unchanged(source: Source, fingerprint: str | None) -> bool:
    """Whether the source still has this fingerprint."""
    async with source.snapshot() as snapshot:
        return fingerprint is not None and await snapshot.fingerprint() == fingerprint


async def _is_new(target: Records, comparison: Comparison) -> bool:
    """Whether the target is a blog that has never been used."""
    counts = comparison.target.counts
    if any(counts[kind.name] for kind in target.kinds if not kind.is_single):
        return False
    async with open_stream(target) as stream:
        settings = None if stream.head is None else stream.head.record
        return isinstance(settings, Blog) and settings.version == 1


def _require_same_origin(latest: Transfer, origin: str) -> None:
    if latest.origin != origin:
        raise Occupied(
            "The target holds part of another blog, whose copy or import was interrupted. Finish that one, or"
            " choose an empty database."
        )


def _require_unchanged(latest: Transfer | None, comparison: Comparison, origin: str) -> None:
    """Raise Occupied unless the target is an unchanged copy of this blog."""
    if latest is None or latest.origin != origin:
        raise Occupied("The target already holds other content: choose an empty database.")
    if latest.digest != comparison.target.whole:
        raise Occupied(
            "The target has changed since this blog was copied there, and those changes would be lost."
            " Choose an empty database."
        )
