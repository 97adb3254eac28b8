"""Private names of libraries: the modules that use them, and the latest versions that were checked.

docs/decisions/0018-private-names.md says what to do if one of these tests fails.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

import everpost

ROOT = Path(everpost.__file__).parent
PROJECT = Path(__file__).parents[3]
PAGE = "docs/decisions/0018-private-names.md"
_DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = {
    requirement.name: requirement
    for requirement in map(
        Requirement, [*_DECLARED["dependencies"], *chain(*_DECLARED["optional-dependencies"].values())]
    )
}

PRIVATE_MODULES: Mapping[str, set[str]] = {
    "alembic.operations.batch": {"stores/sql/schema/data_loss.py"},
    "asyncmy.connection": {"stores/sql/engine/servers/mysql_login.py"},
    "asyncmy.constants.CLIENT": {"stores/sql/engine/servers/mysql_login.py"},
    "asyncpg.protocol": {"stores/sql/engine/servers/postgresql_login.py"},
    "fastapi.dependencies.models": {
        "api/routing/declarations.py",
        "api/routing/dependency_plan.py",
        "api/routing/security.py",
    },
    "fastapi.utils": {"api/routing/route.py"},
    "granian.server": {"cli/serve.py"},
    "pymongo.asynchronous.topology": {"stores/mongo/engine/connection.py"},
    "sqlalchemy.sql.compiler": {"stores/sql"},
    "sqlalchemy.sql.dml": {"stores/sql/engine/statements.py"},
    "typer.core": {"cli/__init__.py"},
    "typer.main": {"cli/__init__.py"},
}
"""Modules that no documentation describes, and the files or folders that import them."""
PRIVATE_ATTRIBUTES: Mapping[str, str] = {
    "_Element": "lxml",
    "_returning": "sqlalchemy",
    "_servers": "pymongo",
    "_topology": "pymongo",
}
"""Names with an underscore in front that libraries define."""
OTHERWISE = {"math-core", "mdit-py-plugins", "nh3", "obstore", "pygal", "starlette", "uvloop"}
"""Libraries whose undocumented behavior is relied upon."""
DOCUMENTED = """
    alembic alembic.autogenerate alembic.autogenerate.api alembic.config alembic.operations
    alembic.operations.ops
    alembic.runtime.migration alembic.script anyascii argon2 argon2.exceptions asyncmy asyncmy.cursors
    PIL asyncmy.errors asyncpg babel babel.dates babel.messages.mofile babel.messages.pofile babel.support
    backports bson bson.raw_bson compression fastapi
    fastapi.exceptions fastapi.routing fastapi.security granian.constants granian.http granian.log ijson
    ijson.common jinja2 jinja2.meta linkify_it linkify_it.main lxml lxml.etree markdown_it
    markdown_it.renderer markdown_it.token markdown_it.utils markupsafe math_core mdit_py_plugins.dollarmath
    mdit_py_plugins.footnote mdit_py_plugins.tasklists nh3 obstore obstore.exceptions obstore.store orjson
    pydantic pydantic.config
    pydantic.fields pydantic_core pydantic_settings pygal pygal.style pygments pygments.formatters
    pygments.lexer pygments.lexers pygments.util pymongo pymongo.asynchronous.client_session
    pymongo.asynchronous.collection pymongo.asynchronous.command_cursor pymongo.asynchronous.cursor
    pymongo.asynchronous.database pymongo.errors pymongo.read_concern pymongo.uri_parser rich.console
    rich.progress rich.table rich.text sqlalchemy sqlalchemy.dialects sqlalchemy.dialects.postgresql
    sqlalchemy.engine.interfaces sqlalchemy.exc sqlalchemy.ext.asyncio sqlalchemy.ext.compiler
    sqlalchemy.orm sqlalchemy.pool sqlalchemy.sql.functions sqlalchemy.types starlette.datastructures
    starlette.exceptions starlette.middleware.cors starlette.requests starlette.responses
    starlette.routing starlette.types structlog typer typing_extensions webauthn
    webauthn.helpers webauthn.helpers.exceptions webauthn.helpers.structs yaml zxcvbn
"""
PUBLIC_MODULES = frozenset(DOCUMENTED.split())
_OF_MODULES = {module.partition(".")[0] for module in PRIVATE_MODULES}
BOUNDED = {*_OF_MODULES, *PRIVATE_ATTRIBUTES.values(), *OTHERWISE}
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in ROOT.rglob("*.py")}


def modules_of(tree: ast.AST) -> Iterator[str]:
    """The modules of libraries that a file imports."""
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.partition(".")[0] not in {*sys.stdlib_module_names, "everpost"}:
                yield name


def is_allowed(file: str, places: Collection[str]) -> bool:
    return any(file == place or file.startswith(f"{place}/") for place in places)


def defined_in(trees: Mapping[str, ast.AST]) -> set[str]:
    """Every name that is assigned or declared."""
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in nodes if isinstance(node, definitions)}
    names |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {
        node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }


def complaint(requirement: Requirement, installed: str) -> str | None:
    """What is wrong with a library's installed version, if anything."""
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return (
        f"{requirement.name} {installed} is not one that Everpost was checked against"
        f" ({requirement.specifier}): see {PAGE}"
    )


def test_no_library_is_newer_than_what_was_checked() -> None:
    wanted = [each for each in REQUIREMENTS.values() if each.marker is None or each.marker.evaluate()]
    assert [text for each in wanted if (text := complaint(each, version(each.name)))] == []


def test_a_version_beyond_its_bound_is_reported() -> None:
    assert complaint(Requirement("fastapi>=0.130,<0.140"), "0.140.0") == (
        "fastapi 0.140.0 is not one that Everpost was checked against (<0.140,>=0.130):"
        " see docs/decisions/0018-private-names.md"
    )
    assert complaint(Requirement("fastapi>=0.130,<0.140"), "0.139.7") is None


def test_libraries_whose_private_names_are_used_have_an_upper_bound() -> None:
    bounded = {name for name, each in REQUIREMENTS.items() if "<" in str(each.specifier)}
    assert sorted(bounded) == sorted(BOUNDED)


def test_every_module_of_a_library_is_public_or_bounded() -> None:
    unknown = [
        f"{file} imports {module}"
        for file, tree in TREES.items()
        for module in modules_of(tree)
        if module not in PUBLIC_MODULES and not is_allowed(file, PRIVATE_MODULES.get(module, ()))
    ]
    assert unknown == [], f"see {PAGE}"


def test_every_listed_name_is_used() -> None:
    used = {module for tree in TREES.values() for module in modules_of(tree)}
    assert {*PUBLIC_MODULES, *PRIVATE_MODULES} - used == set()


def test_no_other_private_attribute_is_used() -> None:
    known = {*defined_in(TREES), *PRIVATE_ATTRIBUTES, "_make", "_asdict", "_replace"}  # of named tuples
    unknown = [
        f"{file} uses {node.attr}"
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and re.match(r"_[A-Za-z]", node.attr) and node.attr not in known
    ]
    assert unknown == [], f"see {PAGE}"


def test_the_page_has_every_library_with_its_bound() -> None:
    rows = dict(
        re.findall(r"^\| `([a-z0-9-]+)` \| `(<[0-9.]+)` \|", (PROJECT / PAGE).read_text(), re.MULTILINE)
    )
    bounds = {name: str(REQUIREMENTS[name].specifier).partition(",")[0] for name in BOUNDED}
    assert rows == bounds


def test_the_page_names_existing_files() -> None:
    files = re.findall(r"`([a-z_/]+\.py)`", (PROJECT / PAGE).read_text())
    places = (ROOT, PROJECT)
    assert [file for file in files if not any((place / file).exists() for place in places)] == []
