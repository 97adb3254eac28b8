"""Runs statements on SQLite, PostgreSQL, MySQL and MariaDB. The rest of the store uses only these names."""

from everpost.stores.sql.engine.connections import Connections as Connections
from everpost.stores.sql.engine.connections import EngineName as EngineName
from everpost.stores.sql.engine.engines import OPEN as OPEN
from everpost.stores.sql.engine.engines import empty_engine as empty_engine
from everpost.stores.sql.engine.engines import make_engine as make_engine
from everpost.stores.sql.engine.engines import reach as reach
from everpost.stores.sql.engine.errors import VIOLATED as VIOLATED
from everpost.stores.sql.engine.errors import Fault as Fault
from everpost.stores.sql.engine.errors import fault_of as fault_of
from everpost.stores.sql.engine.errors import is_being_altered as is_being_altered
from everpost.stores.sql.engine.errors import is_done_already as is_done_already
from everpost.stores.sql.engine.errors import reason_of as reason_of
from everpost.stores.sql.engine.protocol import Call as Call
from everpost.stores.sql.engine.protocol import Fields as Fields
from everpost.stores.sql.engine.protocol import Parameters as Parameters
from everpost.stores.sql.engine.protocol import Result as Result
from everpost.stores.sql.engine.protocol import Rows as Rows
from everpost.stores.sql.engine.protocol import Transaction as Transaction
