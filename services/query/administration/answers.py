"""The shape of what administrators are shown, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.events.people import Permission
from services.query.answers import Head


class Changed(BaseModel):
    """What was done."""

    version: str = Field(description="The first version of the figures that includes it.")
    events: list[str] = Field(
        description="The ids of the events that say it; none where it was so already."
    )


class GrantRow(BaseModel):
    """What one employee may."""

    employee_id: str
    name: str
    department_id: str | None
    active: bool = Field(description="Grants of who has left are kept, and hold no more.")
    grants: list[Permission]


class GrantsAnswer(Head):
    """Who may what."""

    rows: list[GrantRow]


class Place(BaseModel):
    """Where somebody belongs from a day on."""

    valid_from: str
    department_id: str | None
    other_department_ids: list[str] = Field(description="Besides: for rights only.")
    manager_id: str | None


class PersonRow(BaseModel):
    """One employee as administrators see them."""

    id: str
    name: str
    active: bool = Field(description="false: has left, and is in the history alone.")
    is_known: bool = Field(description="false: the log names them, and nobody has said who it is.")
    is_pseudonymous: bool
    department_id: str | None
    other_department_ids: list[str] = Field(description="Where they are besides: for rights only.")
    manager_id: str | None
    extension: str | None
    grants: list[Permission]
    places: list[Place] = Field(description="Oldest first; figures of a day go by that day's.")


class PeopleAnswer(Head):
    """All employees, by name, those who have left last."""

    rows: list[PersonRow]


class DepartmentLine(BaseModel):
    """One department as administrators see it."""

    id: str
    name: str
    parent_id: str | None
    head_id: str | None
    active: bool
    people: int = Field(description="Active employees in it now, not in those below.")


class DepartmentsAnswer(Head):
    """All departments, by name."""

    rows: list[DepartmentLine]


class FileRow(BaseModel):
    """A row of a file that changes something."""

    line: int
    id: str
    name: str
    effect: Literal["new", "changed"]


class FileAnswer(BaseModel):
    """What a file does, or with `preview` would do."""

    rows: int
    new: int
    changed: int
    same: int = Field(description="Rows that say what is so already.")
    first: list[FileRow] = Field(description="The first hundred rows that change something.")
    version: str
    events: list[str] = Field(description="Ids of the events; none of a preview.")


class KeyBoard(BaseModel):
    """What a kiosk shows."""

    scope: str
    scope_id: str
    sub: bool = False
    metrics: list[str]
    has_names: bool = True
    board_id: str | None = Field(None, description="The stored board that it shows.")


class KeyRow(BaseModel):
    """A key, of which nobody knows the secret but who has it."""

    key_id: str
    label: str
    scopes: list[str]
    expires_at: str | None
    board: KeyBoard | None
    addresses: list[str] | None
    created_by: str | None
    revoked: bool


class KeysAnswer(BaseModel):
    """Keys of machines and kiosks."""

    rows: list[KeyRow]


class KeyMade(BaseModel):
    """A new key: the only time it is shown."""

    key_id: str
    key: str = Field(description="The secret itself; only its digest is kept.")
    version: str
