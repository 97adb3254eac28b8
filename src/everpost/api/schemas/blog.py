"""The settings of the blog as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import STORABLE_PATTERN, Storable
from everpost.domain.blog import (
    MAX_BASE_URL,
    MAX_BLOG_TITLE,
    MAX_DESCRIPTION,
    MAX_LANGUAGE,
    MAX_LINK_LABEL,
    MAX_LINK_URL,
    MAX_LINKS,
    MAX_POSTS_PER_PAGE,
    MAX_TIME_ZONE,
    Blog,
    BlogChange,
    NavigationLink,
)
from everpost.domain.clock import now
from everpost.domain.comments import CommentPolicy
from everpost.domain.permalinks import MAX_PERMALINK

BlogTitle = Annotated[str, Field(max_length=MAX_BLOG_TITLE, json_schema_extra=STORABLE_PATTERN), Storable]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION, json_schema_extra=STORABLE_PATTERN), Storable]
_HTTP = "[Hh][Tt][Tt][Pp][Ss]?://"
_MAILTO = "[Mm][Aa][Ii][Ll][Tt][Oo]:"
Language = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_LANGUAGE,
        description="A language tag (BCP 47), such as `pt-BR`.",
        json_schema_extra={"pattern": "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    ),
]
TimeZone = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TIME_ZONE,
        description="The IANA name of the time zone for dates on pages and in permalinks.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_+/-]+$"},
    ),
]
BaseUrl = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_BASE_URL,
        description="The URL of the home page, without a trailing slash; null to use that of each request.",
        json_schema_extra={"pattern": f"^{_HTTP}[!-~]*[!-.0-~]$"},
    ),
]
Permalink = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_PERMALINK,
        description="The pattern of paths of posts: `{slug}` or `{id}`, and any of `{year}`, `{month}` and"
        " `{day}`.",
        json_schema_extra={"pattern": "^(/[^/]+)+$"},
    ),
]
PostsPerPage = Annotated[int, Field(ge=1, le=MAX_POSTS_PER_PAGE)]
SentPolicy = Annotated[
    CommentPolicy,
    Field(strict=False, description="The comment policy of posts without one."),
]


@with_config(ConfigDict(extra="forbid", strict=True))
class Link(TypedDict):
    """A link in the navigation of the blog's pages."""

    label: Annotated[
        str, Field(min_length=1, max_length=MAX_LINK_LABEL, json_schema_extra=STORABLE_PATTERN), Storable
    ]
    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_LINK_URL,
            description="An http, https or mailto URL, or a path that begins with one slash.",
            json_schema_extra={"pattern": f"^({_HTTP}|{_MAILTO}|/)"},
        ),
        Storable,
    ]


Navigation = Annotated[list[Link], Field(max_length=MAX_LINKS)]


@with_config(ConfigDict(extra="forbid", strict=True))
class BlogUpdate(TypedDict, total=False):
    """The settings to change; omitted settings stay the same."""

    comment_policy: SentPolicy
    title: BlogTitle
    description: Description
    language: Language
    time_zone: TimeZone
    base_url: BaseUrl | None
    permalink: Permalink
    navigation: Navigation
    posts_per_page: PostsPerPage


@with_config(ConfigDict(extra="forbid"))
class BlogRead(TypedDict):
    """The settings of the blog."""

    title: BlogTitle
    description: Description
    language: Language
    time_zone: TimeZone
    base_url: BaseUrl | None
    permalink: Permalink
    navigation: Navigation
    posts_per_page: PostsPerPage
    comment_policy: NotRequired[
        Annotated[
            CommentPolicy,
            Field(description="The comment policy of posts without one; only admins see it."),
        ]
    ]


def change_of(body: BlogUpdate) -> BlogChange:
    """The change that the body asks for."""
    navigation = body.get("navigation")
    return BlogChange(
        updated_at=now(),
        comment_policy=body.get("comment_policy"),
        title=body.get("title"),
        description=body.get("description"),
        language=body.get("language"),
        time_zone=body.get("time_zone"),
        base_url=(body["base_url"] or "") if "base_url" in body else None,
        permalink=body.get("permalink"),
        navigation=None
        if navigation is None
        else tuple(NavigationLink(link["label"], link["url"]) for link in navigation),
        posts_per_page=body.get("posts_per_page"),
    )


def read_blog(blog: Blog, *, with_policy: bool) -> BlogRead:
    """The settings as JSON."""
    content: BlogRead = {
        "title": blog.title,
        "description": blog.description,
        "language": blog.language,
        "time_zone": blog.time_zone,
        "base_url": blog.base_url,
        "permalink": blog.permalink,
        "navigation": [{"label": link.label, "url": link.url} for link in blog.navigation],
        "posts_per_page": blog.posts_per_page,
    }
    if with_policy:
        content["comment_policy"] = blog.comment_policy
    return content
