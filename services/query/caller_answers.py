"""The shape of what pages ask first: who asks, and by what reports can be filtered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from services.query.answers import Head


class OpenTo(BaseModel):
    """Of whom one may ask for figures: oneself first."""

    company: bool
    departments: list[str]
    employees: list[str]


class MeAnswer(Head):
    """Who asks."""

    kind: Literal["machine", "person", "kiosk"]
    employee: str | None
    name: str = Field(description="Name of the person, or label of the key.")
    grants: list[str]
    board: dict[str, Any] | None = Field(description="What a kiosk may show.")
    figures: OpenTo
    telesales: OpenTo


class NamedWord(BaseModel):
    """A value of a filter; its id where nobody named it."""

    id: str
    name: str


class WordsAnswer(Head):
    """By what reports can be filtered."""

    sources: list[NamedWord]
    groups: list[NamedWord]
    stages: list[NamedWord]
    campaigns: list[NamedWord]
