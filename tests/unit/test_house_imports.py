"""The import law: data and dependencies flow one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("schemas", "services", "deploy", "tests", "salespulse_client")
PURE = (
    "services/aggregator/core",
    "services/ingestor/translate",
    "services/ingestor/importers/demo",
)
FORBIDDEN_IN_PURE = frozenset({"faust", "aiokafka", "redis", "asyncio", "logging", "time"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow", "time", "monotonic", "perf_counter"})
LAZY = ("services/cli.py", "services/commands", "deploy/local")
"""The command and the local stack start services: they may know them, but load them late."""


def modules(folder: str) -> list[Path]:
    """Return the Python files below a folder, or the file itself."""
    path = ROOT / folder
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every imported module with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield ".", node.lineno
            else:
                name = node.module or ""
                yield name, node.lineno
                yield from ((f"{name}.{alias.name}", node.lineno) for alias in node.names)


def offences(source: Path, allowed: tuple[str, ...]) -> list[str]:
    """Return the imports of our own modules that are not below what is allowed."""
    tree = ast.parse(source.read_text())
    return [
        f"{source.relative_to(ROOT)}:{line} imports {name}"
        for name, line in imported(tree)
        if name == "." or (name.split(".")[0] in OURS and not below(name, allowed))
    ]


def below(name: str, allowed: tuple[str, ...]) -> bool:
    """Say whether a module is one of those allowed, inside one, or on the way to one."""
    return any(
        name == each or name.startswith(each + ".") or each.startswith(name + ".")
        for each in allowed
    )


def is_lazy(path: Path) -> bool:
    """Say whether a module belongs to the command or the local stack."""
    name = path.relative_to(ROOT).as_posix()
    return any(name == each or name.startswith(each + "/") for each in LAZY)


def service_of(path: Path) -> str:
    """Return the service a module belongs to."""
    return path.relative_to(ROOT / "services").parts[0]


def test_schemas_import_nothing_of_ours() -> None:
    """The shared package stands on its own."""
    assert [line for path in modules("schemas") for line in offences(path, ("schemas",))] == []


def test_the_client_stands_on_its_own() -> None:
    """Who reads us from outside installs nothing of ours beside it."""
    found = [
        line
        for path in modules("salespulse_client")
        for line in offences(path, ("salespulse_client",))
    ]
    assert found == []


def test_a_service_imports_schemas_and_itself_only() -> None:
    """Services meet in Kafka and Redis, never in each other's code."""
    found = [
        line
        for path in modules("services")
        if not is_lazy(path)
        for line in offences(path, ("schemas", f"services.{service_of(path)}"))
    ]
    assert found == []


def test_the_command_knows_services_only_when_it_runs_them() -> None:
    """Nothing of a service is imported when the command's modules are loaded."""
    services = tuple(
        f"services.{path.name}"
        for path in (ROOT / "services").iterdir()
        if path.is_dir() and path.name != "commands"
    )
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} imports {name}"
        for folder in LAZY
        for path in modules(folder)
        for node in top_level_imports(ast.parse(path.read_text()))
        for name, _ in imported(node)
        if any(name == each or name.startswith(each + ".") for each in services)
    ]
    assert found == []


def top_level_imports(tree: ast.Module) -> list[ast.stmt]:
    """Return the statements that run when the module is loaded; TYPE_CHECKING blocks do not."""
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("folder", PURE)
def test_pure_code_does_no_io_and_reads_no_clock(folder: str) -> None:
    """The core and the translators are functions of what they are given."""
    found = []
    for path in modules(folder):
        tree = ast.parse(path.read_text())
        where = path.relative_to(ROOT)
        found += [
            f"{where}:{line} imports {name}"
            for name, line in imported(tree)
            if name.split(".")[0] in FORBIDDEN_IN_PURE
        ]
        found += [f"{where}:{line} reads the clock" for line in clock_reads(tree)]
    assert found == []


def clock_reads(tree: ast.AST) -> Iterator[int]:
    """Yield the lines with calls such as datetime.now() or date.today()."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCK_CALLS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"datetime", "date", "time"}
        ):
            yield node.lineno


def test_the_walk_finds_what_it_looks_for() -> None:
    """A planted offence of each kind is seen: the law is not vacuous."""
    tree = ast.parse(
        "import redis\nfrom services.query import reader\nfrom . import x\ndatetime.now(UTC)\n"
    )
    names = {name for name, _ in imported(tree)}
    assert {"redis", "services.query", "services.query.reader", "."} <= names
    assert list(clock_reads(tree)) == [4]
    assert not below("services.query.reader", ("schemas", "services.ingestor"))
