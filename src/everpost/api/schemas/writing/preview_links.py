"""Links to previews as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import ReadTimestamp, format_timestamp
from everpost.services.drafts.preview_links import LIFETIME, MAX_LIFETIME, PreviewLink


@with_config(ConfigDict(extra="forbid", strict=True))
class PreviewLinkCreate(TypedDict):
    """A new link to the preview of a post."""

    expires_in: NotRequired[
        Annotated[
            int,
            Field(
                ge=1,
                le=int(MAX_LIFETIME.total_seconds()),
                description=f"Seconds; {LIFETIME.days} days by default, at most {MAX_LIFETIME.days} days.",
            ),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class PreviewLinkRead(TypedDict):
    """A link to the preview of a post."""

    url: Annotated[str, Field(description="Anyone who has it can read the post.")]
    expires_at: ReadTimestamp


def read_preview_link(link: PreviewLink, base: str) -> PreviewLinkRead:
    """The link as JSON. `base`: the URL of the blog's home page, without the trailing slash."""
    return {"url": f"{base}{link.path}", "expires_at": format_timestamp(link.expires_at)}
