"""Column types for text that users have typed."""

import json

from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

from everpost.domain.clock import from_milliseconds, to_milliseconds
from everpost.domain.writing.working_copies import PostBase, PostText
from everpost.stores.sql.model.types import LongText


class TypedText(TypeDecorator[PostText]):
    """The fields of a post as typed, as JSON."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: PostText | None, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value.given(), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> PostText | None:
        return None if value is None else PostText(**json.loads(value))


class BaseOfCopy(TypeDecorator[PostBase]):
    """The base of a working copy, as JSON."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: PostBase | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        moment = to_milliseconds(value.updated_at)
        return json.dumps([value.etag, moment, value.text.given()], ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> PostBase | None:
        if value is None:
            return None
        etag, moment, text = json.loads(value)
        return PostBase(etag=etag, updated_at=from_milliseconds(moment), text=PostText(**text))
