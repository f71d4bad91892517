"""`/v1/operator/tenants`: the tenants of the installation, for its operator alone.

The operator is nobody's viewer: whoever is known here by a key, a token or a session is refused
by the decision, an administrator too. Only what nobody here knows, and what was sent in the
header, goes on to the ingestor, which knows its operator. A session never gets that far.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, Form
from services.query.administration.tenants import NewTenant, TenantMade, TenantsAnswer
from services.query.api.answer import answer, declares, enter, services_of
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.operating import TENANTS
from services.query.problems import Problem

router = APIRouter(tags=["operator"])
_PATH = "/v1/operator/tenants"


@router.get(_PATH, response_model=TenantsAnswer, responses=PROBLEMS)
@declares("operate")
async def list_tenants(request: Request) -> Response:
    """Show all tenants, the erased too; 403 `operator_only` for who is of a tenant."""
    told = await _passed_on(request, "list", f"{TENANTS}?erased=true")
    rows = [
        {
            "id": row["tenant"],
            "name": row["name"],
            "partition": row["partition"],
            "created_at": row["at"],
            "erased_at": row["erased_at"] or None,
        }
        for row in told["tenants"]
    ]
    return answer({"rows": rows})


@router.post(_PATH, response_model=TenantMade, responses=CHANGE_PROBLEMS)
@declares("operate")
async def make_tenant(request: Request, body: NewTenant) -> Response:
    """Make a tenant; the answer is the only time its first keys are shown. 409 `exists`."""
    wish = body.model_dump(mode="json", exclude_none=True)
    made = await _passed_on(request, "change", TENANTS, wish)
    keys = {name: made[name] for name in ("partition", "write_key", "read_key")}
    return answer({"id": made["tenant"], **keys})


async def _passed_on(
    request: Request, form: Form, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Refuse everybody who is known; return what the ingestor says to its operator."""
    try:
        entered = await enter(request)
    except Problem as problem:
        token = _bearer(request)
        if problem.status != 401 or not token:
            raise
        method = "GET" if body is None else "POST"
        told = await services_of(request).operator.ask(token, method, path, body)
        if told is None:
            raise
        return told
    await entered.visit(Ask("operate", form)).read()
    raise RuntimeError("a viewer of a tenant is its operator")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
