"""Damage to the targets and to what was crossed; all of it is planted at once."""

from __future__ import annotations

from tests.integration.verify_damage import Plant, Tables

_NOBODY = "orders|employee|nobody-like-this|100"


def change_target(tables: Tables) -> str:
    """Let a target be another one."""
    name = tables.names("targets")[0]
    tables.client.hset(name, tables.first_field(name), '[1,2,"",0,[],null]')
    return name


def add_target(tables: Tables) -> str:
    """Plant a target that nobody set."""
    name = tables.keys.targets("2031-01")
    tables.client.hset(name, "orders|employee|an", '[1,2,"",0,[],null]')
    return name


def miss_crossings(tables: Tables) -> str:
    """Forget all that was crossed: some figures are beyond their targets now."""
    tables.client.delete(*tables.names("crossed"))
    return tables.keys.crossed("")


def add_crossing(tables: Tables) -> str:
    """Plant a crossing of somebody without a target."""
    name = tables.keys.crossed("2031-01")
    tables.client.hset(name, _NOBODY, '["never-sent",1]')
    return f"{name} [{_NOBODY}]"


def miss_aim(tables: Tables) -> str:
    """Forget which figures have a target in which period."""
    tables.client.delete(tables.keys.aimed)
    return tables.keys.aimed


PLANTED: list[tuple[str, Plant]] = [
    ("changed target", change_target),
    ("surplus target", add_target),
    ("missing crossing", miss_crossings),
    ("stray crossing", add_crossing),
    ("missing aim", miss_aim),
]
