"""Rows of HubSpot's tables, and their translation."""

from __future__ import annotations

from services.ingestor.translate import fivetran_hubspot
from services.ingestor.translate.item import Item, Row
from tests.unit.fivetran_rows import translated

AN: Row = {
    "id": "7",
    "property_firstname": "An",
    "property_lastname": "Le",
    "property_email": "An@x.vn",
    "property_createdate": "2024-01-02 3:04:05",
    "property_phone": "0901",
    "property_mobilephone": "0901",
    "property_hs_analytics_source": "PAID_SOCIAL",
    "property_hubspot_owner_id": "55",
}
ACME: Row = {"id": "7", "property_name": "Acme", "property_createdate": "2024-01-01"}
STAGES: list[Row] = [
    {"stage_id": "won", "is_closed": "TRUE", "closed_won": "TRUE"},
    {"stage_id": "lost", "is_closed": "true", "closed_won": "false"},
    {"stage_id": "new", "is_closed": "false", "closed_won": "false"},
]
DEAL: Row = {
    "deal_id": "900",
    "owner_id": "55",
    "deal_pipeline_stage_id": "won",
    "property_amount": "10.5",
    "property_createdate": "2024-02-01 00:00:00",
    "property_closedate": "2024-02-03 04:05:06.789",
}
TASK: Row = {
    "engagement_id": "31",
    "property_hs_createdate": "2024-03-01 01:00:00",
    "property_hs_timestamp": "2024-03-08 02:30:00",
    "property_hubspot_owner_id": "55",
    "task_type": "EMAIL",
    "property_hs_task_status": "COMPLETED",
    "property_hs_task_completion_date": "2024-03-07 02:30:00",
}
CALL: Row = {
    "engagement_id": "33",
    "property_hs_timestamp": "2024-03-02 10:00:00",
    "property_hs_call_direction": "OUTBOUND",
    "property_hs_call_duration": "61999",
    "property_hs_call_status": "COMPLETED",
    "property_hubspot_owner_id": "55",
}
CALLED = "call.ended"
OPEN: Row = {
    "id": "e1",
    "type": "OPEN",
    "recipient": "an@X.vn",
    "created": "2024-04-01 08:00:00",
    "sent_by_id": "s1",
    "filtered_event": "false",
}


def hubspot(**tables: list[Row]) -> list[Item]:
    """Return what becomes of tables, by name."""
    return translated(fivetran_hubspot, tables)
