"""`PATCH /v1/tenant`: what the company has set of itself."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from services.query.administration import settings
from services.query.administration.answers import Changed
from services.query.administration.bodies import SettingsChange
from services.query.api.answer import declares
from services.query.api.change import change, changed
from services.query.api.responses import CHANGE_PROBLEMS
from services.query.reader import Reading
from services.query.writing import Change

router = APIRouter(tags=["administration"])
_CHANGE: Final = Ask("administer", "change")


@router.patch("/v1/tenant", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def change_settings(request: Request, body: SettingsChange) -> Response:
    """Change name, zone, currency, region or modules; days before stay as they were counted."""

    def changes(reading: Reading, _: str) -> list[Change]:
        return settings.altered(reading.basis.settings, body)

    return changed(await change(request, _CHANGE, changes))
