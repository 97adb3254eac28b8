"""The architecture: imports point inward, files, folders and functions stay small, names are specific."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import everpost

ROOT = Path(everpost.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
TESTS = Path(__file__).parents[2]
PROJECT = TESTS.parent
BENCHMARKS = sorted((PROJECT / "bench").rglob("*.py"))
TOOLS = sorted((PROJECT / "devtools").rglob("*.py"))

MAY_IMPORT = {
    "errors.py": "",
    "domain": "errors domain",
    "domain/ids.py": "bson",
    "domain/text.py": "anyascii",
    "markup": "domain markup",
    "markup/autolinks.py": "linkify_it markdown_it",
    "markup/highlighting.py": "pygments",
    "markup/markdown.py": "markdown_it mdit_py_plugins",
    "markup/mathml.py": "math_core",
    "markup/sanitizer.py": "nh3",
    "media": "errors media domain.media.types",
    "media/names.py": "domain.text",
    "media/pixels.py": "PIL",
    "media/variants.py": "domain.media.copies PIL",
    "media/containers/svg.py": "lxml",
    "services": "errors domain services stores.port",
    "services/accounts/passkeys.py": "webauthn",
    "services/accounts/passwords.py": "argon2",
    "services/media": "media",
    "services/media/places.py": "settings.Settings",
    "services/media/resized_copies.py": "structlog",
    "services/media/processes.py": "structlog",
    "services/rendering": "markup",
    "services/rendering/renderer.py": "structlog",
    "services/policies.py": "settings.Settings media.limits",
    "services/accounts/weak_passwords.py": "zxcvbn",
    "stores/port": "domain stores.port",
    "services/security_events.py": "structlog",
    "stores/schema.py": "errors",
    "stores/addresses.py": "errors",
    "stores/deadlines.py": "errors",
    "stores/batching.py": "errors stores.deadlines",
    "stores/chunks.py": "",
    "stores/preconditions.py": "errors domain",
    "stores/grouped_writes.py": "errors stores.batching",
    "stores/comment_additions.py": "errors domain stores.grouped_writes",
    "stores/caching.py": "errors domain stores.port stores.batching",
    "stores/__init__.py": "errors stores",
    "stores/places": "errors domain stores.port stores.places",
    "stores/places/s3.py": "obstore",
    "stores/places/s3_errors.py": "obstore",
    "stores/sql": "errors domain stores.port stores.schema stores.addresses stores.deadlines stores.batching"
    " stores.chunks stores.grouped_writes stores.comment_additions stores.preconditions stores.sql sqlalchemy"
    " alembic asyncpg asyncmy",
    "stores/sql/schema/migrations/env.py": "settings",
    "stores/mongo": "errors domain stores.port stores.schema stores.addresses stores.deadlines"
    " stores.batching stores.chunks stores.grouped_writes stores.comment_additions stores.preconditions"
    " stores.mongo pymongo bson",
    "transfer": "errors domain services stores.port transfer",
    "transfer/copy/record_json.py": "orjson",
    "transfer/archive/compression.py": "backports.zstd compression.zstd",
    "transfer/importers/pipeline/item_spool.py": "backports.zstd compression.zstd",
    "transfer/importers/formats/html_text.py": "lxml",
    "transfer/importers/formats/xml_files.py": "lxml",
    "transfer/importers/wordpress/reader.py": "lxml",
    "transfer/importers/wordpress/values.py": "lxml",
    "transfer/importers/wordpress/unsupported_fields.py": "lxml",
    "transfer/importers/wordpress/comments.py": "lxml",
    "transfer/importers/comment_systems/disqus.py": "lxml",
    "transfer/importers/markdown/front_matter/yaml_fields.py": "yaml",
    "transfer/importers/blogger/entries.py": "lxml",
    "transfer/importers/formats/json_files.py": "ijson",
    "settings.py": "errors pydantic pydantic_core pydantic_settings",
    "api": "errors domain services stores.port.Store settings.Settings api"
    " fastapi starlette pydantic pydantic_core typing_extensions structlog",
    "api/middleware/deadlines.py": "stores.deadlines",
    "api/http/problems.py": "media.refusals",
    "api/http/files/file_response.py": "stores.deadlines",
    "api/endpoints/media/files.py": "stores.deadlines",
    "api/endpoints/moderation.py": "stores.deadlines",
    "api/schemas/posts.py": "markup.plain_text markup.results",
    "api/http/responses.py": "orjson",
    "api/http/archive_response.py": "transfer.archive.download",
    "web": "errors domain markup.results services stores.port.Store settings.Settings api web"
    " fastapi starlette pydantic markupsafe typing_extensions",
    "web/rendering.py": "jinja2 structlog",
    "web/feeds": "lxml orjson",
    "web/feeds/sitemap.py": "stores.deadlines",
    "web/desk/moderation/decisions.py": "stores.deadlines",
    "web/desk/writing/editor_page.py": "stores.deadlines",
    "web/dates.py": "babel",
    "web/languages.py": "babel",
    "web/desk/templates.py": "jinja2",
    "app.py": "__version__ errors settings stores.port stores.open_store stores.open_schema stores.caching"
    " services api web fastapi starlette structlog",
    "benchmark": "__version__ errors domain settings stores.open_store stores.open_schema stores.schema"
    " stores.addresses app benchmark",
    "benchmark/plots.py": "pygal",
    "cli": "__version__ errors domain services settings stores transfer app benchmark cli"
    " typer rich granian structlog",
    "models.py": "stores.sql.model.tables",
    "__main__.py": "cli",
    "__init__.py": "app.create_api app.create_app settings.Settings",
}
"""The imports that are allowed in a folder or a file, besides the standard library. A file may also import
what its folders may.

Names without a package are of Everpost itself. A store is opened by `app`, `cli` and `benchmark` and by
nobody else; the `env.py` of the migrations is run by Alembic's own commands, which have to find the database.
"""
MAX_FILES = 15
"""In a folder; about a dozen is the aim."""
MAX_LINES = 300
MAX_LINES_OF_A_FUNCTION = 40
SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "base"}


def place_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def allowed_in(module: Path) -> set[str]:
    """The modules that this file may import."""
    place = place_of(module)
    return {name for room, names in MAY_IMPORT.items() if is_within(place, room) for name in names.split()}


def is_within(place: str, room: str) -> bool:
    return place == room or place.startswith(f"{room}/")


def imports_of(module: Path) -> Iterator[str]:
    """The imports of a file, at any place in it; those of Everpost without its name."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}".removeprefix("everpost.")


def is_allowed(name: str, allowed: set[str]) -> bool:
    if name.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(is_within_package(name, each) for each in allowed)


def is_within_package(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def functions_of(module: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its length in lines, the docstring not counted."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            if ast.get_docstring(node) is None:
                docstring = 0
            else:
                docstring = (first.end_lineno or first.lineno) - first.lineno + 1
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_imports_point_inward() -> None:
    outward = [
        f"{place_of(module)} imports {name}"
        for module in MODULES
        for name in imports_of(module)
        if not is_allowed(name, allowed_in(module))
    ]
    assert outward == []


def test_endpoints_pass_the_store_to_services_and_do_not_call_it() -> None:
    """Only services know which calls of a store belong together, and who is allowed to make them."""
    asking = [
        f"{place_of(module)}: store.{node.attr}"
        for module in MODULES
        if is_within(place_of(module), "api") or is_within(place_of(module), "web")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "store"
    ]
    assert asking == []


def test_every_package_has_an_import_rule() -> None:
    without = [
        place_of(module)
        for module in MODULES
        if not any(is_within(place_of(module), room) for room in MAY_IMPORT)
    ]
    assert without == []


def test_benchmarks_and_tools_import_neither_tests_nor_private_names() -> None:
    """Code that both the benchmarks and `everpost bench` need is public, in `everpost.benchmark`."""
    taken = [
        f"{module.relative_to(PROJECT)} imports {name}"
        for module in [*BENCHMARKS, *TOOLS]
        for name in imports_of(module)
        if is_within_package(name, "tests") or any(part.startswith("_") for part in name.split("."))
    ]
    assert taken == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        place_of(module)
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    }
    assert readers == {"settings.py"}


def test_the_contract_documents_every_error() -> None:
    errors = "Conflict|NotFound|Stale|Invalid|Forbidden|LastAdmin|TooManyTokens"
    unnamed = re.compile(rf"pytest\.raises\(({errors})\b")
    suites = [*TESTS.glob("contract/port/**/*.py"), *TESTS.glob("contract/services/*.py")]
    vague = [suite.name for suite in suites if unnamed.search(suite.read_text())]
    assert vague == [], "use tests.contract.refusals.raises"


def test_a_file_has_at_most_300_lines() -> None:
    lengths = {module: len(module.read_text().splitlines()) for module in [*MODULES, *TESTS.rglob("*.py")]}
    assert {str(module): length for module, length in lengths.items() if length > MAX_LINES} == {}


def test_a_folder_fits_on_a_screen() -> None:
    modules = [*MODULES, *BENCHMARKS, *TOOLS, *TESTS.rglob("*.py")]
    folders = Counter(module.parent for module in modules if module.name != "__init__.py")
    assert {str(folder): files for folder, files in folders.items() if files > MAX_FILES} == {}


def test_a_function_fits_on_a_screen() -> None:
    assert [
        f"{place_of(module)}: {name} has {length} lines"
        for module in MODULES
        for name, length in functions_of(module)
        if length > MAX_LINES_OF_A_FUNCTION
    ] == []


def test_no_module_or_class_has_a_banned_name() -> None:
    places = [module.relative_to(ROOT) for module in MODULES]
    words = {place.as_posix(): {*place.with_suffix("").parts} for place in places}
    assert [place for place, parts in words.items() if parts & SAY_NOTHING] == []
