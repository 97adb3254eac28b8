"""Every migration, the first one first; each takes the database from where the one before left it."""

from everpost.stores.mongo.schema import m0001_blog
from everpost.stores.mongo.schema.definition import Definition

HISTORY: tuple[Definition, ...] = (m0001_blog.MIGRATION,)
