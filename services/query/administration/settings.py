"""What a company has set of itself, and the event by which it changes. Pure."""

from __future__ import annotations

from typing import Any

from schemas.events.configuration import SettingChanged
from schemas.targets import DEFAULT_THRESHOLDS
from services.query.administration.bodies import SettingsChange
from services.query.basis import Settings
from services.query.problems import Problem
from services.query.writing import Change


def shown(settings: Settings) -> dict[str, Any]:
    """Return what the company has set."""
    return {
        "name": settings.name,
        "time_zone": settings.time_zone,
        "currency": settings.currency,
        "region": settings.region,
        "modules_off": sorted(settings.modules_off),
        "thresholds": list(settings.thresholds or DEFAULT_THRESHOLDS),
    }


def altered(settings: Settings, body: SettingsChange) -> list[Change]:
    """Return the event, with what differs alone; none where nothing does."""
    given = body.model_dump(exclude_unset=True)
    for name, value in given.items():
        if value is None:
            raise Problem(422, "missing_field", f"'{name}' cannot be null", pointer=f"/{name}")
    for name in given.keys() & {"modules_off", "thresholds"}:
        given[name] = sorted(set(given[name]))
    now = shown(settings)
    differs = {name: value for name, value in given.items() if value != now[name]}
    return [Change(SettingChanged.event_type, "company", differs)] if differs else []
