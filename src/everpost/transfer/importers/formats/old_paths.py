"""The paths of old URLs, which redirect to posts."""

from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from everpost.domain.post_paths import numbered_path


def old_paths(site: str, *urls: str) -> tuple[str, ...]:
    """The paths of these URLs of the site. If the site was below a path, such as `/blog`, each of them is
    there twice: with it and without it, because the new blog may be below it or not. The home page has no
    path of its own, nor does an address with a query, except that of a post by its number, such as `/?p=1`.
    """
    return tuple(dict.fromkeys(path for url in urls for path in _paths(prefix_of(site), url)))


def prefix_of(site: str) -> str:
    """The path of the URL of a site, without the slash at its end."""
    parts = _split(site)
    return "" if parts is None else parts.path.rstrip("/")


def is_on(site: str, url: str) -> bool:
    """Whether the URL has the host of the site, with or without `www`."""
    one, other = _split(site), _split(url)
    return one is not None and other is not None and _host(one) == _host(other)


def with_last_segment(url: str, segment: str) -> str:
    """The URL with this segment in place of the last one, whose extension is kept."""
    head, slash, last = url.rstrip("/").rpartition("/")
    _, dot, extension = last.rpartition(".")
    return f"{head}{slash}{segment}{dot}{extension if dot else ''}"


def _paths(prefix: str, url: str) -> Iterator[str]:
    parts = _split(url)
    if parts is None:
        return
    path = f"/{parts.path.strip('/')}"
    if parts.query:
        numbered = numbered_path(path, dict(parse_qsl(parts.query)))
        if numbered is None or numbered.partition("/?")[0] not in {"", prefix}:
            return
        path = numbered
    if path not in {"/", prefix}:
        yield path
        if prefix and path.startswith(f"{prefix}/"):
            yield path.removeprefix(prefix)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url.strip())
    except ValueError:
        return None


def _host(parts: SplitResult) -> str:
    return parts.netloc.lower().removeprefix("www.")
