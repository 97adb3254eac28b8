"""The systems that Everpost can import from, by name. The reader of a system is imported when it is used,
because importing all of them takes longer than a small import.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from everpost.errors import Misconfigured
from everpost.stores.port import Store
from everpost.transfer.importers.migration_advice import advice_for
from everpost.transfer.importers.model import Item
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.pipeline.url_matching import Matcher, matcher_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of an import."""

    site: str | None = None
    """The URL of the source site; None: as in the source, if it has one."""
    pages: bool | None = None
    """Whether to import pages; None: if the system keeps them apart from its templates."""
    timezone: tzinfo | None = None
    """The time zone of dates without an offset; None: as in the source, or else UTC."""
    language: str | None = None
    """Import only the content in this language."""
    match: str | None = None
    """How the URL of a thread identifies a post: see `url_matching`. None: by old path and slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """How to read a system's files."""

    read: Callable[[Path, ImportOptions], Iterator[Item]]
    site: Callable[[Path], str] = lambda _path: ""
    """The URL of the site, according to the files. Raises BrokenFile."""
    matcher: Callable[[ImportOptions], Matcher] | None = None
    """For a system that only has comments. Raises Invalid("match")."""


def _read_wordpress(path: Path, options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.wordpress.reader import read_wordpress

    return read_wordpress(path, pages=options.pages is not False, timezone=options.timezone)


def _wordpress_site(path: Path) -> str:
    from everpost.transfer.importers.wordpress.reader import wordpress_site

    return wordpress_site(path)


def _read_ghost(path: Path, options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.ghost.reader import read_ghost

    return read_ghost(path, pages=options.pages is not False, site=options.site or "")


def _read_markdown(path: Path, options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.markdown.reader import read_markdown

    # Many of the files that are not posts are templates, such as that of the home page.
    pages = options.pages is True
    return read_markdown(path, pages=pages, timezone=options.timezone, language=options.language)


def _read_blogger(path: Path, options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.blogger.reader import read_blogger

    return read_blogger(path, pages=options.pages is not False)


def _read_disqus(path: Path, _options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.comment_systems.disqus import read_disqus

    return read_disqus(path)


def _read_isso(path: Path, _options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.comment_systems.isso import read_isso

    return read_isso(path)


def _read_remark42(path: Path, _options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.comment_systems.remark42 import read_remark42

    return read_remark42(path)


def _read_commento(path: Path, _options: ImportOptions) -> Iterator[Item]:
    from everpost.transfer.importers.comment_systems.commento import read_commento

    return read_commento(path)


def _matcher(options: ImportOptions) -> Matcher:
    return matcher_of(options.match)


SYSTEMS: Mapping[str, System] = {
    "wordpress": System(read=_read_wordpress, site=_wordpress_site),
    "ghost": System(read=_read_ghost),
    "markdown": System(read=_read_markdown),
    "blogger": System(read=_read_blogger),
    "disqus": System(read=_read_disqus, matcher=_matcher),
    "isso": System(read=_read_isso, matcher=_matcher),
    "remark42": System(read=_read_remark42, matcher=_matcher),
    "commento": System(read=_read_commento, matcher=_matcher),
}
_OTHERWISE = "Most systems can export Markdown files or to WordPress's format: see docs/importing.md."


def system_named(name: str) -> System:
    """The system with this name. Raises Misconfigured if Everpost cannot import from it; the message says
    what to do instead.
    """
    if system := SYSTEMS.get(name):
        return system
    known = f"Everpost cannot import from {name[:80]!r}, only from {', '.join(SYSTEMS)}."
    raise Misconfigured(f"{known} {advice_for(name) or _OTHERWISE}")


async def import_from(
    name: str, path: Path, store: Store, options: ImportOptions, context: ImportContext
) -> None:
    """Add the content of a file or folder to the blog, unless it has it already: see `import_items`. Raises
    Misconfigured (unknown system), BrokenFile, Invalid("match"), and the errors of the store.
    """
    system = system_named(name)
    site = system.site(path) if options.site is None else options.site
    matcher = None if system.matcher is None else system.matcher(options)
    await import_items(
        store, system.read(path, options), context, origin=SourceSite(name, site), matcher=matcher
    )
