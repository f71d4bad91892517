"""Which values of a dimension carry a tag: what the terms of a tenant say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas.facts import Term

_KINDS: Final = {
    "stage": "relationship",
    "first_source": "source",
    "type": "task_type",
}
"""Dimension -> kind of its taxonomy, where the names differ."""


def kind_of(dimension: str) -> str:
    """Return the kind of the taxonomy that the values of a dimension are from."""
    return _KINDS.get(dimension, dimension)


def tagged(terms: Iterable[Term], dimension: str, tag: str) -> frozenset[str]:
    """Return the values of a dimension whose term carries a tag."""
    kind = kind_of(dimension) + ":"
    return frozenset(
        term.id.removeprefix(kind)
        for term in terms
        if term.id.startswith(kind) and term.profile is not None and tag in term.profile[2]
    )
