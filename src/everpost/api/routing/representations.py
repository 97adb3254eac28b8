"""The parameters with which clients choose a representation: `include` and `fields`."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from everpost.api.schemas.comments import CommentNode
from everpost.api.schemas.posts import PostRead

_POST_FIELDS = PostRead.__required_keys__ | PostRead.__optional_keys__
_COMMENT_FIELDS = CommentNode.__required_keys__ | CommentNode.__optional_keys__


def _known(names: frozenset[str]) -> AfterValidator:
    """Refuse a list that contains another name."""

    def check(sent: str) -> str:
        unknown = sorted(set(sent.split(",")) - names)
        if unknown:
            raise PydanticCustomError(
                "fields",
                "should be names of fields, separated by commas; unknown: {unknown}",
                {"unknown": ", ".join(unknown)[:100]},
            )
        return sent

    return AfterValidator(check)


def _schema(names: frozenset[str]) -> WithJsonSchema:
    either = "|".join(sorted(names))
    return WithJsonSchema({"type": "string", "pattern": f"^({either})(,({either}))*$"})


Include = Annotated[
    Literal["html"] | None,
    WithJsonSchema({"type": "string", "const": "html"}),
    Query(
        description="`html`: include the content as safe HTML and, for posts, an excerpt, an outline and the"
        " reading time."
    ),
]
_FIELDS = (
    "Return only these fields: names, separated by commas. Default: all fields. The others are absent from"
    " the response, although its schema requires them: parse it as JSON, not with a generated model."
)
PostFields = Annotated[
    Annotated[str, _known(_POST_FIELDS)] | None, _schema(_POST_FIELDS), Query(description=_FIELDS)
]
CommentFields = Annotated[
    Annotated[str, _known(_COMMENT_FIELDS)] | None, _schema(_COMMENT_FIELDS), Query(description=_FIELDS)
]
