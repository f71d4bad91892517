"""Facts about the words and aims of a company."""

from __future__ import annotations

from schemas.facts.model import Amount, Fact, Register


class Term(Fact, tag="x", frozen=True, array_like=True):
    """An entry of a taxonomy, or the company's own text of a definition; id is 'kind:id'."""

    profile: tuple[int, str, tuple[str, ...], int, bool] | None = None
    """(version, name, tags sorted, position, active?)"""
    definition: Register[str] | None = None


class Target(Fact, tag="g", frozen=True, array_like=True):
    """A value to be reached; id is the slot and the period, '<slot>|<period>' (schemas.targets)."""

    aim: tuple[int, Amount | None, int, tuple[int, ...], str | None] | None = None
    """(version, value; currency '' for a count, None: removed, weight, thresholds, said by)"""
