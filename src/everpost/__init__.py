"""Everpost: a blog that outlives its database.

An application of your own needs `create_app` or `create_api`, and `Settings`: see
docs/in-your-application.md.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Settings", "__version__", "create_api", "create_app"]

if TYPE_CHECKING:
    from everpost.app import create_api, create_app
    from everpost.settings import Settings
else:

    def __getattr__(name: str) -> object:
        """Import lazily: most commands of the command line need none of them."""
        if name in ("create_api", "create_app"):
            from everpost.app import create_api, create_app

            return create_api if name == "create_api" else create_app
        if name == "Settings":
            from everpost.settings import Settings

            return Settings
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
