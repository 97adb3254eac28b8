"""The address of the blog in a browser on this machine."""

from everpost.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared only


def local_address(settings: Settings) -> str:
    """The URL at which the server listens, without a slash at the end."""
    host = "localhost" if settings.host in _EVERYWHERE else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
