"""Configuration documents as they stand at the version of an answer (schemas.configuration)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson

_NONE: Mapping[str, dict[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Configuration:
    """The documents of a tenant.

    Laws:   equal counts of one tenant in one generation mean equal documents.
    """

    count: str = ""
    """How often a document changed, as the store writes it; '' before it was read."""
    kinds: Mapping[str, Mapping[str, dict[str, Any]]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, count: bytes, flat: Sequence[bytes]) -> Configuration:
        """Read what the hash holds: field, value, field, value ..."""
        kinds: dict[str, dict[str, dict[str, Any]]] = {}
        for name, value in zip(flat[::2], flat[1::2], strict=True):
            kind, _, subject = name.decode().partition(":")
            kinds.setdefault(kind, {})[subject] = orjson.loads(value)
        return cls(count.decode(), kinds)

    def of(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """Return the documents of a kind: id -> data of the event that defined it."""
        return self.kinds.get(kind, _NONE)
