"""The systems that Everpost can import from, by name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from everpost.errors import Misconfigured
from everpost.stores.port import Store
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.comment_systems.commento import read_commento
from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.migration_advice import advice_for
from everpost.transfer.importers.model import Item
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.pipeline.url_matching import Matcher, matcher_of
from everpost.transfer.importers.wordpress.reader import read_wordpress, wordpress_site


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of an import."""

    site: str | None = None
    """The URL of the source site; None: as in the source, if it has one."""
    pages: bool = False
    """Import pages too, as posts."""
    timezone: tzinfo | None = None
    """The time zone of dates without an offset; None: as in the source, or else UTC."""
    language: str | None = None
    """Import only the content in this language."""
    match: str | None = None
    """How the URL of a thread identifies a post: see `url_matching`. None: by path and slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """How to read a system's files."""

    read: Callable[[Path, ImportOptions], Iterator[Item]]
    site: Callable[[Path], str] = lambda _path: ""
    """The URL of the site, according to the files. Raises BrokenFile."""
    matcher: Callable[[ImportOptions], Matcher] | None = None
    """For a system that only has comments. Raises Invalid("match")."""


SYSTEMS: Mapping[str, System] = {
    "wordpress": System(
        read=lambda path, options: read_wordpress(path, pages=options.pages, timezone=options.timezone),
        site=wordpress_site,
    ),
    "ghost": System(
        read=lambda path, options: read_ghost(path, pages=options.pages, site=options.site or "")
    ),
    "markdown": System(
        read=lambda path, options: read_markdown(
            path, pages=options.pages, timezone=options.timezone, language=options.language
        )
    ),
    "blogger": System(read=lambda path, options: read_blogger(path, pages=options.pages)),
    "disqus": System(
        read=lambda path, _: read_disqus(path), matcher=lambda options: matcher_of(options.match)
    ),
    "isso": System(read=lambda path, _: read_isso(path), matcher=lambda options: matcher_of(options.match)),
    "remark42": System(
        read=lambda path, _: read_remark42(path), matcher=lambda options: matcher_of(options.match)
    ),
    "commento": System(
        read=lambda path, _: read_commento(path), matcher=lambda options: matcher_of(options.match)
    ),
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
