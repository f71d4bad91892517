"""One question for a report: what is read for it, and the answer that is made of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from schemas.access import Ask, Form
from schemas.calendar import format_day
from schemas.tables import COMPANY_ID, Scope
from services.query.api.facts import FactsQuestion
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, Plans
from services.query.parameters import FactsParameters
from services.query.periods import compared
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.reports import department, employee
from services.query.reports.cells import Aim
from services.query.reports.draft import Draft
from services.query.reports.layout import Block
from services.query.reports.parameters import (
    DepartmentReportParameters,
    EmployeeReportParameters,
    ReportParameters,
)
from services.query.reports.ranges import Range, range_of
from services.query.reports.scene import Scene
from services.query.reports.tables import TableDraft, drafted
from services.query.selection import check_known, kpi_named
from services.query.settings import QuerySettings

ORDER_DATE = "order_date"
_BASES = (ORDER_DATE, "created_at")
_FIRST_ROWS = 20


class Subject(NamedTuple):
    """Whom a report is about."""

    scope: Scope
    scope_id: str
    sub: bool


@dataclass(frozen=True, slots=True)
class _Planned:
    """What was made of one basis. Units: the first `count` commands are the evaluation's."""

    basis: Basis
    scene: Scene
    tables: list[TableDraft]
    evaluation: Evaluation
    count: int
    commands: list[Command]


class ReportQuestion:
    """One question for a report about a department, the company or an employee.

    Errors: Problem `unknown_basis`, `unknown_block`, `unknown_metric`, those of
            `range_of`; `unknown_department` or `unknown_employee` when planned.
    """

    def __init__(
        self,
        subject: Subject,
        blocks: tuple[Block, ...],
        parameters: ReportParameters,
        settings: QuerySettings,
        plans: Plans,
    ) -> None:
        self._plans = plans
        self.scope, self.scope_id, self.sub = subject
        self.parameters, self.settings = parameters, settings
        self.blocks = _chosen(blocks, parameters.block)
        if parameters.basis not in _BASES:
            detail = f"'{parameters.basis}' is no date basis of a report"
            raise invalid("unknown_basis", detail, "basis", known=list(_BASES))
        self.basis_name = "" if parameters.basis == ORDER_DATE else parameters.basis
        self._planned: _Planned | None = None

    @classmethod
    def of_department(
        cls, parameters: DepartmentReportParameters, settings: QuerySettings, plans: Plans
    ) -> ReportQuestion:
        """Return the question for the department report; `all` is the company."""
        is_company = parameters.department == COMPANY_ID
        scope: Scope = "company" if is_company else "department"
        return cls(
            Subject(scope, parameters.department, parameters.sub and not is_company),
            department.blocks_of(kpi_named(parameters.metric).name),
            parameters,
            settings,
            plans,
        )

    @classmethod
    def of_employee(
        cls, parameters: EmployeeReportParameters, settings: QuerySettings, plans: Plans
    ) -> ReportQuestion:
        """Return the question for the employee report."""
        subject = Subject("employee", parameters.employee, False)
        return cls(subject, employee.BLOCKS, parameters, settings, plans)

    def ask(self, form: Form, _: Basis | None = None) -> Ask:
        """Return what is asked for, for whoever decides who may see it.

        Laws:   a report with orders is about customers too, hence nothing that a board may list.
        """
        has_orders = any(block.rows == "order" for block in self.blocks)
        metrics = {column.metric for block in self.blocks for column in block.columns}
        named = frozenset[str]() if has_orders else frozenset(metrics)
        return Ask("figures", form, self.scope, self.scope_id, self.sub, metrics=named)

    def range(self, basis: Basis) -> Range:
        """Return the days of the report."""
        given = self.parameters
        longest = self.settings.max_range_days
        return range_of(given.month, given.from_, given.to, basis.today, longest)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: every hash of every table once, then the first orders."""
        return self._plan(basis).commands

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        planned = self._plan(reading.basis)
        orders, scene = self._orders(planned.scene), planned.scene
        count = planned.count
        values = planned.evaluation.answer(reading.replies[:count])
        tables = [table.filled(values, scene, reading.shows) for table in planned.tables]
        if orders is not None:
            rest = replace(reading, replies=reading.replies[count:])
            first = _first_orders(orders.answer(rest), reading)
            tables = [t | first if t["rows_by"] == "order" else t for t in tables]
        return {**reading.head(), **self._head(scene), "blocks": tables}

    def _head(self, scene: Scene) -> dict[str, Any]:
        basis, comparison = scene.basis, scene.comparison
        chosen = self.range(basis)
        found: dict[str, Any] = {
            "report": "employee" if self.scope == "employee" else "department",
            "id": self.scope_id,
            "name": _name(basis, self.scope, self.scope_id),
            "sub": self.sub,
            "from": format_day(chosen.period.first),
            "to": format_day(chosen.period.last),
            "month": f"{chosen.month // 100}-{chosen.month % 100:02d}" if chosen.month else None,
            "basis": self.parameters.basis,
            "currency": basis.settings.currency,
        }
        if self.scope == "employee":
            found["department_id"] = basis.org.department_of(self.scope_id)
            found["active"] = basis.org.is_active(self.scope_id)
        if self.parameters.compare != "none":
            found["compare"] = None if comparison is None else comparison.days()
        return found

    def _plan(self, basis: Basis) -> _Planned:
        known = self._planned
        if known is None or not _is_same(known, basis):
            known = self._planned = self._plans.of(self._asked, basis, self._planned_on)
        return known

    @property
    def _asked(self) -> Hashable:
        """Return all that tells the plan of this question from that of another."""
        given = self.parameters
        subject = (self.scope, self.scope_id, self.sub)
        days = (given.month, given.from_, given.to, given.compare)
        return (*subject, *days, self.basis_name, self.blocks)

    def _planned_on(self, basis: Basis) -> _Planned:
        check_known(basis, self.scope, self.scope_id)
        chosen = self.range(basis)
        comparison = None
        if self.parameters.compare != "none":
            comparison = compared(chosen.period, basis.today)
        aim = Aim(self.scope, self.scope_id, chosen.period, self.sub, self.basis_name)
        scene, draft = Scene(basis, aim, comparison), Draft()
        tables = [drafted(block, scene, draft) for block in self.blocks]
        evaluation = draft.evaluation(basis, self.settings.max_hashes)
        commands = list(evaluation.commands)
        count = len(commands)
        if (orders := self._orders(scene)) is not None:
            commands += orders.plan(basis)
        return _Planned(basis, scene, tables, evaluation, count, commands)

    def _orders(self, scene: Scene) -> FactsQuestion | None:
        """Return the question for the first page of the orders, where that block is wanted."""
        if all(block.rows != "order" for block in self.blocks):
            return None
        return FactsQuestion(orders_of(scene.aim), self.settings)

    def orders(self, basis: Basis) -> FactsParameters:
        """Return what asks for the list of the orders of the report."""
        return orders_of(self._plan(basis).scene.aim)


def orders_of(aim: Aim, limit: int = _FIRST_ROWS) -> FactsParameters:
    """Return the parameters of the list of orders (D-81)."""
    first, last = (format_day(day) for day in aim.period)
    given = {
        "metric": "orders",
        "scope": aim.scope,
        "id": aim.scope_id,
        "from": first,
        "to": last,
        "sub": aim.sub,
        "basis": aim.basis,
        "limit": limit,
    }
    return FactsParameters.model_validate(given)


def _first_orders(found: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return the first orders, of those owners who may be shown; all of them go on elsewhere."""
    rows = [row for row in found["rows"] if reading.shows(row["employee_id"])]
    is_whole = reading.decision.people is None
    return {
        "orders": rows,
        "next": found["next"] if is_whole else None,
        "length": found["total"],
    }


def _chosen(blocks: tuple[Block, ...], text: str) -> tuple[Block, ...]:
    """Return the blocks named, all of them for none; Problem `unknown_block` names them."""
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    known = [block.name for block in blocks]
    if unknown := sorted(wanted - set(known)):
        detail = f"'{unknown[0]}' is no block of this report"
        raise invalid("unknown_block", detail, "block", known=known)
    return tuple(block for block in blocks if not wanted or block.name in wanted)


def _is_same(planned: _Planned, basis: Basis) -> bool:
    """Say whether a basis leads to a plan; to one that asks for an instant, only at that one."""
    is_timed, moment = planned.evaluation.is_timed, planned.basis.now_ms
    return planned.basis.is_of_the_same_day(basis) and not (is_timed and moment != basis.now_ms)


def _name(basis: Basis, scope: Scope, scope_id: str) -> str:
    if scope == "company":
        return basis.settings.name
    org = basis.org
    return (org.employee_name if scope == "employee" else org.department_name)(scope_id)
