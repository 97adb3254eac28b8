"""The tables of a blog in SQL as SQLAlchemy models, for your own code to read: docs/use-from-your-code.md."""

from everpost.stores.sql.model.tables import CommentRow as Comment
from everpost.stores.sql.model.tables import PostRow as Post
from everpost.stores.sql.model.tables import PostTagRow as PostTag
from everpost.stores.sql.model.tables import TokenRow as Token
from everpost.stores.sql.model.tables import UserRow as User

__all__ = ["Comment", "Post", "PostTag", "Token", "User"]
