"""Every change of the schema, numbered; each takes the database from what the one before left."""

from everpost.stores.mongo.migrations import (
    m0001_posts_and_comments,
    m0002_people,
    m0003_formats_and_transfers,
    m0004_marks,
    m0005_kinds_of_tokens,
    m0006_names_and_editors,
)
from everpost.stores.mongo.migrations.definition import Definition

MIGRATIONS: tuple[Definition, ...] = (
    m0001_posts_and_comments.MIGRATION,
    m0002_people.MIGRATION,
    m0003_formats_and_transfers.MIGRATION,
    m0004_marks.MIGRATION,
    m0005_kinds_of_tokens.MIGRATION,
    m0006_names_and_editors.MIGRATION,
)
