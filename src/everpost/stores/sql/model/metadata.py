"""All tables. Importing a module of tables adds them."""

from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.media import MediaRow
from everpost.stores.sql.model.passkeys import PasskeyRow

METADATA = Base.metadata
LAST_MODULES = (MediaRow, PasskeyRow)
"""Models from the modules that no other one imports."""
