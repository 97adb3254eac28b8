"""initial schema"""

import secrets

import sqlalchemy as sa
from alembic import op

from everpost.domain.clock import now
from everpost.domain.revisions import new_stamp
from everpost.stores.sql.schema.initial_tables import blog, media, people, posts, writing

revision = "0001"
down_revision = None

DATA = {
    "blog": sa.column("version") > 1,
    "transfers": sa.column("digest").is_(None),
    "post_tags": sa.false(),
    "post_paths": sa.false(),
    "post_media": sa.false(),
    "media_chunks": sa.false(),
    "tallies": sa.false(),
    "removed_users": sa.false(),
}
"""The condition for rows that a downgrade would lose. In a table not listed here, all rows are."""


def upgrade() -> None:
    people.create_users()
    people.create_removed_users()
    people.create_tokens()
    people.create_passkeys()
    posts.create_posts()
    posts.create_post_tags()
    posts.create_post_paths()
    posts.create_comments()
    posts.create_removed_comments()
    writing.create_revisions()
    media.create_media()
    media.create_post_media()
    media.create_media_bytes()
    media.create_media_chunks()
    writing.create_working_copies()
    blog.create_tallies()
    settings = blog.create_blog()
    blog.create_transfers()
    _fill_in_settings(settings)


def downgrade() -> None:
    tables = ("transfers", "blog", "tallies", "working_copies", "revisions", "comments", "post_paths")
    media_tables = ("media_chunks", "media_bytes", "post_media", "media")
    last = ("post_tags", "posts", "passkeys", "tokens", "removed_users", "users")
    for name in ("removed_comments", *media_tables, *tables, *last):
        op.drop_table(name)


def _fill_in_settings(table: sa.Table) -> None:
    """Insert the settings of a new blog."""
    values = {
        "comment_policy": "moderated",
        "title": "",
        "description": "",
        "language": "en",
        "time_zone": "UTC",
        "permalink": "/{slug}",
        "navigation": (),
        "posts_per_page": 10,
        "address_key": secrets.token_bytes(32),
        "updated_at": now(),
    }
    stamps = {"stamp": new_stamp(), "names_stamp": new_stamp()}
    op.bulk_insert(table, [{"number": 1, **values, "version": 1, **stamps}])
