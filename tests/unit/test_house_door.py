"""The house: nothing that answers a request reads figures but through the door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.query.api.answer import declares, subject_of
from services.query.api.routes import check_declared, handlers
from services.query.app import make_app, make_services
from services.query.settings import QuerySettings

QUERY = Path(__file__).parents[2] / "services" / "query"
READERS = frozenset({"reader", "books", "redis"})
BEHIND_THE_DOOR = frozenset({"door.py", "granted.py", "reader.py", "cohorts/books.py"})
"""Modules that read by themselves: the door, what many follow, and what both are made of."""
OTHER_TABLES = frozenset(
    {"access.py", "api_keys.py", "person_tokens.py", "sessions.py", "api/login.py", "api/health.py"}
)
"""Who asks (keys, tokens) and whether the store answers: no figures."""
APP = make_app(make_services(QuerySettings.load({}), lambda: 0))


def _modules() -> list[str]:
    names = [str(path.relative_to(QUERY)) for path in QUERY.rglob("*.py")]
    return sorted(set(names) - BEHIND_THE_DOOR - OTHER_TABLES)


def reads(source: str) -> list[int]:
    """Return the lines on which `….reader.read(`, `….books.read(` or the like is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("read", "pipeline", "execute_command")
        and isinstance(node.func.value, ast.Attribute | ast.Name)
        and _name(node.func.value).lstrip("_") in READERS
    ]


def _name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


@pytest.mark.parametrize(
    "name", [name for name in _modules() if name.startswith(("api/", "reports/", "cohorts/"))]
)
def test_what_answers_requests_reads_through_the_door(name: str) -> None:
    """Neither handlers nor what they evaluate call the reader or the books themselves."""
    found = reads((QUERY / name).read_text())
    allowed = name in {"cohorts/book.py", "cohorts/performance_sheet.py"}
    assert not found or allowed, f"{name}: {found}"


def test_the_search_finds_a_reader() -> None:
    """What is looked for would be found."""
    assert reads("async def f(s):\n    return await s.reader.read(0, 't', plan)\n") == [2]


@pytest.mark.parametrize("path", sorted((QUERY / "api").glob("*.py")), ids=lambda path: path.name)
def test_handlers_learn_who_asks_at_the_entrance(path: Path) -> None:
    """No handler asks for the caller of a request itself: `enter` wants a declared subject."""
    asks = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "caller"
        if isinstance(node.value, ast.Attribute) and node.value.attr == "access"
    ]
    assert not asks or path.name in {"answer.py", "login.py"}


def test_every_route_has_declared_what_it_asks_for() -> None:
    """All routes under /v1 have a subject; there are more than fifty."""
    found = {
        path: subject_of(handler)
        for path, _, handler in handlers(APP.routes)
        if path.startswith("/v1/")
    }
    assert len(found) > 50
    assert None not in found.values()


def test_a_route_without_a_declaration_does_not_start() -> None:
    """A service with a route that has not declared what it asks for is not made."""

    async def silent(_: Request) -> Response:
        return Response()

    @declares("figures")
    async def spoken(_: Request) -> Response:
        return Response()

    check_declared([Route("/v1/spoken", spoken), Route("/healthz", silent)])
    with pytest.raises(RuntimeError, match="/v1/silent"):
        check_declared([Route("/v1/silent", silent)])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_route_that_changes_declares_it(method: str) -> None:
    """What changes something stands under /v1 and asks for that: else it does not start."""

    @declares("figures")
    async def figures(_: Request) -> Response:
        return Response()

    @declares("administer")
    async def grants(_: Request) -> Response:
        return Response()

    async def silent(_: Request) -> Response:
        return Response()

    check_declared([Route("/v1/grants", grants, methods=[method, "GET"])])
    for path, handler in (("/v1/figures", figures), ("/elsewhere", silent)):
        with pytest.raises(RuntimeError, match=f"{method} {path}"):
            check_declared([Route(path, handler, methods=[method])])
