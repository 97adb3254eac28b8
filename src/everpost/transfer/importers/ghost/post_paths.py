"""The old paths of posts: Ghost's routes."""

import re
from datetime import UTC, datetime

from everpost.errors import Invalid
from everpost.transfer.importers.formats.json_files import Row
from everpost.transfer.importers.formats.old_paths import old_paths, prefix_of
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.ghost.tables import DEFAULT_PERMALINKS, Tables, date, text

_FIELD = re.compile(r":(\w+)")


def read_paths(row: Row, tables: Tables, site: str, *, is_page: bool) -> tuple[str, ...]:
    """The permalink, by the pattern in the settings, or the slug for a page. An export does not contain the
    pattern in `routes.yaml`.
    """
    slug = text(row, "slug")
    if not slug:
        return ()
    pattern = DEFAULT_PERMALINKS if is_page else tables.permalinks
    published = date(row, "published_at", "created_at")
    values = {"slug": slug, "id": text(row, "id")} | _date_values(published, tables)
    known = {name: value for name, value in values.items() if value}
    if not set(_FIELD.findall(pattern)) <= known.keys():
        return ()
    path = _FIELD.sub(lambda field: known[field[1]], pattern)
    return old_paths(site, f"{prefix_of(site)}/{path.strip('/')}")


def _date_values(published: datetime | None, tables: Tables) -> dict[str, str]:
    if published is None:
        return {}
    try:
        day = published.astimezone(zone_named(tables.settings.get("time_zone") or "UTC"))
    except Invalid:
        day = published.astimezone(UTC)
    except OverflowError:
        return {}
    return {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
