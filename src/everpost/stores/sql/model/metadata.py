"""All tables. Importing a module of tables adds them."""

from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.media import MediaRow
from everpost.stores.sql.model.passkeys import PasskeyRow
from everpost.stores.sql.model.removed_comments import RemovedCommentRow
from everpost.stores.sql.model.revisions import RevisionRow

METADATA = Base.metadata
LAST_MODULES = (MediaRow, PasskeyRow, RemovedCommentRow, RevisionRow)
"""Models from the modules that no other one imports."""
