"""Compare a recount with what was found in Redis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from schemas.facts import KINDS, TAGS
from schemas.tables import GenerationKeys, Scope, TenantKeys, pair
from services.verify.recount import Recount
from services.verify.rows import Row, insert, scripts


class Difference(NamedTuple):
    """One thing that is not as the log says. `also`: another key that may explain it."""

    what: str
    tenant: str
    key: str
    item: str
    expected: str
    found: str
    also: str


class Keys:
    """The keys of one generation, by tenant."""

    def __init__(self, partition: int, generation: str) -> None:
        self.partition = partition
        self.generation = GenerationKeys(partition, generation)
        self.name = generation
        self._tenants: dict[str, TenantKeys] = {}

    def tenant(self, tenant: str) -> TenantKeys:
        """Return the keys of a tenant."""
        if tenant not in self._tenants:
            self._tenants[tenant] = TenantKeys(self.partition, self.name, tenant)
        return self._tenants[tenant]


def compare(recount: Recount, keys: Keys) -> list[Difference]:
    """Name what the recount expects as Redis keys, and return all differences."""
    _name_cells(recount, keys)
    _name_lists(recount, keys)
    _name_scored(recount, keys)
    _name_visits(recount, keys)
    _name_cohorts(recount, keys)
    _name_facts(recount, keys)
    for script in scripts(70, 79):
        recount.connection.execute(script)
    return [
        Difference(*("" if value is None else str(value) for value in row))
        for row in recount.rows(
            "SELECT what, tenant, key, item, expected, found, also FROM differences ORDER BY ALL"
        )
    ]


def _name_cells(recount: Recount, keys: Keys) -> None:
    wanted = recount.rows("SELECT DISTINCT tenant, scope, scope_id, day, grain FROM cells")
    _fill(recount, "cell_keys", ((*row, _cell_key(keys, row)) for row in wanted))


def _cell_key(keys: Keys, row: Row) -> str:
    tenant, scope_name, scope_id, day, grain = row
    scope: Scope = scope_name
    of_tenant = keys.tenant(tenant)
    if grain == "month sum":
        return of_tenant.month(scope, scope_id, day)
    return of_tenant.cells(scope, scope_id, day)


def _name_lists(recount: Recount, keys: Keys) -> None:
    wanted = recount.rows("SELECT DISTINCT tenant, list, department, employee, day FROM list_rows")
    _fill(recount, "posting_keys", ((*row, *_list_keys(keys, row)) for row in wanted))


def _list_keys(keys: Keys, row: Row) -> Row:
    tenant, name, department, employee, day = row
    of_tenant = keys.tenant(tenant)
    return (
        of_tenant.posting(name, department, employee, day),
        of_tenant.days(department, employee),
        of_tenant.pairs,
        pair(department, employee),
    )


def _name_scored(recount: Recount, keys: Keys) -> None:
    wanted = recount.rows("SELECT DISTINCT tenant, list, department, employee FROM scored")
    named = []
    for tenant, name, department, employee in wanted:
        of = keys.tenant(tenant)
        found = (of.scored(name, department, employee), of.pairs, pair(department, employee))
        named.append((tenant, name, department, employee, *found))
    _fill(recount, "scored_keys", named)


def _name_visits(recount: Recount, keys: Keys) -> None:
    wanted = recount.rows(
        "SELECT DISTINCT tenant, metric, department, employee, day // 100 FROM visits"
    )
    named = []
    for tenant, metric, department, employee, month in wanted:
        of = keys.tenant(tenant)
        key = of.visits(metric, department, employee, month)
        found = (key, of.pairs, pair(department, employee))
        named.append((tenant, metric, department, employee, month, *found))
    _fill(recount, "visit_keys", named)


def _name_cohorts(recount: Recount, keys: Keys) -> None:
    wanted = recount.rows("SELECT DISTINCT tenant, cohort, day FROM cohorts")
    _fill(recount, "cohort_keys", ((*row, keys.tenant(row[0]).cohort(*row[1:])) for row in wanted))


def _name_facts(recount: Recount, keys: Keys) -> None:
    tags = {KINDS[kind]: tag for kind, tag in TAGS.items()}
    _fill(recount, "tags", tags.items())
    wanted = recount.rows("SELECT tenant, kind, id FROM facts")
    _fill(recount, "fact_keys", ((*row, *_fact_key(keys, tags, row)) for row in wanted))
    tenants = [row[0] for row in recount.rows("SELECT DISTINCT tenant FROM events")]
    _fill(recount, "tenant_keys", ((tenant, *_tenant_keys(keys, tenant)) for tenant in tenants))


def _fact_key(keys: Keys, tags: dict[str, str], row: Row) -> Row:
    tenant, kind, entity = row
    key, field = keys.tenant(tenant).number(tags[kind], entity)
    return field, key


def _tenant_keys(keys: Keys, tenant: str) -> Row:
    names = keys.tenant(tenant)
    tenants = keys.generation.tenants
    settings = (names.meta, names.keys, names.config, names.quality, tenants)
    return names.prefix, names.org, names.terms, names.words, *settings


def _fill(recount: Recount, table: str, rows: Iterable[Row]) -> None:
    recount.connection.execute(f"DELETE FROM {table}")  # noqa: S608
    insert(recount.connection, table, list(rows))
