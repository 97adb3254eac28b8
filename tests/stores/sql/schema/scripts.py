"""Copies of Everpost's migrations, with further ones added for the tests."""

import shutil
from pathlib import Path

import everpost.stores.sql.schema.migrations as real

_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
"""


def copy_scripts(folder: Path) -> str:
    """Copy Everpost's migrations to a folder where more can be added; return the argument for `SqlSchema`."""
    scripts = folder / "migrations"
    shutil.copytree(Path(real.__path__[0]), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    return str(scripts)


def add_migration(scripts: str, *, upgrade: str, downgrade: str = "pass") -> str:
    """Add a migration after the last one; return its revision."""
    versions = Path(scripts) / "versions"
    last = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    revision = f"{int(last) + 1:04}"
    text = _MIGRATION.format(
        revision=revision, before=last, upgrade=_indented(upgrade), downgrade=_indented(downgrade)
    )
    (versions / f"{revision}_test.py").write_text(text)
    return revision


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())
