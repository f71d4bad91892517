"""The mess about people: employees, departments, customers, contacts, words, settings."""

from __future__ import annotations

from random import Random

from tests.integration.verify_dice import (
    CUSTOMERS,
    PEOPLE,
    PLACES,
    REGIONS,
    ZONES,
    Data,
    Dice,
    Kind,
    Said,
)

_MODULES = ["inventory", "contracts", "payments", "messages", "tasks", "notes", "products"]


class People:
    """Events about people and what is configured."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._besides = Random(1)
        """Of its own, so that what came up before it was asked comes up as it did."""
        self.kinds: list[Kind] = [
            self._employee,
            self._customer_created,
            self._customer_created,
            self._customer_updated,
            self._customer_assigned,
            self._status_changed,
            self._contact,
            self._extension,
        ]
        self.rare: list[Kind] = [
            self._department,
            self._permission,
            self._setting,
            self._locked,
            self._term,
            self._definition,
            self._target,
            self._deleted,
            self._restored,
            self._merged,
            self._contact_deleted,
        ]

    def _profile(self) -> Data:
        dice = self._dice
        return dice.some(
            {
                "name": dice.one_of(["", 'Nguyễn \u0001 "N"', "B"]),
                "phones": dice.phones,
                "source_ids": dice.one_of([[], ["web"], ["fair", "web"], ["web", "web"]]),
                "group_ids": dice.one_of([[], ["g"], ["g:1", "g"]]),
                "industry": dice.one_of(["", "retail", "food, drink|x"]),
                "province": dice.one_of(["", "Hà Nội", "a:b"]),
                "gender": dice.one_of(["male", "other"]),
                "birthday": dice.one_of(["1990-02-28", "2000-02-29"]),
            }
        )

    def _stage(self) -> str | None:
        stage: str | None = self._dice.pick(["new", "hot, very", None])
        return stage

    def _when(self) -> str:
        """Return when a customer changed: mostly now, sometimes long ago or in the future."""
        return self._dice.seldom() if self._dice.random.random() < 0.2 else self._dice.instant()

    def _employee(self) -> Said:
        dice = self._dice
        data = {"name": dice.pick("AB")} | dice.some(
            {
                "department_id": dice.one_of(PLACES),
                "manager_id": dice.person,
                "extension": dice.extension,
                "valid_from": dice.date,
            }
        )
        besides = self._besides.choices(PLACES, k=self._besides.randrange(3))
        return "employee.upserted", dice.pick(PEOPLE), data | {"other_department_ids": besides}

    def _extension(self) -> Said:
        dice = self._dice
        data = {
            "extension": dice.pick([dice.extension(), dice.extension(), None]),
            "changed_at": dice.instant(),
        }
        return "employee.extension_changed", dice.person(), data

    def _permission(self) -> Said:
        dice = self._dice
        data = {"permission": dice.pick(["kpi", "export"]), "granted": dice.pick([True, False])}
        if data == {"permission": "kpi", "granted": False}:
            return "employee.pseudonymised", dice.person(), {}
        return "permission.changed", dice.person(), data

    def _department(self) -> Said:
        dice = self._dice
        data = {"name": dice.pick("AB")} | dice.some(
            {"parent_id": dice.one_of(PLACES), "head_id": dice.person}
        )
        return "department.upserted", dice.pick(PLACES), data

    def _setting(self) -> Said:
        dice = self._dice
        data = dice.some(
            {
                "region": dice.one_of(REGIONS),
                "modules_off": dice.one_of([[], ["tasks"], _MODULES, ["notes", "notes"]]),
                "thresholds": dice.one_of([[100], [200, 1, 1]]),
            }
        )
        if not any(data.values()) or dice.random.random() < 0.5:
            data["time_zone"] = dice.pick(ZONES)
        return "setting.changed", "company", data

    def _locked(self) -> Said:
        dice = self._dice
        first, last = sorted((dice.date(), dice.date()))
        return "period.locked", dice.subject("l", 3), {"first": first, "last": last}

    def _term(self) -> Said:
        dice = self._dice
        data = {"kind": dice.pick(["source", "product"]), "name": dice.pick("AB")} | dice.some(
            {"tags": dice.one_of([[], ["sql", "mql", "sql"]]), "position": lambda: 3}
        )
        return "taxonomy.upserted", dice.pick(["web", "p:2"]), data

    def _definition(self) -> Said:
        return "metric.definition_changed", "orders", {"definition": self._dice.pick(["", "ours"])}

    def _target(self) -> Said:
        dice = self._dice
        data = {
            "metric": dice.pick(["orders", "sales"]),
            "scope": dice.pick(["employee", "company"]),
            "scope_id": dice.person(),
            "period": dice.pick(["2026-10", "2026", "2026-W44", "2026-Q4"]),
        }
        if data["scope"] == "company":
            data["per_person"] = dice.pick([True, False])
        subject = dice.subject("t", 3)
        if dice.pick([True, False, False, False]):
            return "target.removed", subject, data | dice.some({"removed_by": dice.person})
        data["value"] = dice.pick([5, 1, dice.money()])
        return (
            "target.set",
            subject,
            data
            | dice.some(
                {"set_by": dice.person, "weight": lambda: 40, "thresholds": lambda: [100, 1]}
            ),
        )

    def _customer_created(self) -> Said:
        dice = self._dice
        named = {
            "creator_id": dice.person,
            "owner_id": dice.person,
            "relationship_id": self._stage,
        }
        data = {"created_at": dice.instant()} | dice.some(named) | self._profile()
        return "customer.created", dice.customer(), data

    def _customer_updated(self) -> Said:
        return "customer.updated", self._dice.customer(), self._profile()

    def _customer_assigned(self) -> Said:
        dice = self._dice
        data = {"owner_id": dice.pick([*PEOPLE, None])} | dice.some({"assigned_at": self._when})
        return "customer.assigned", dice.customer(), data

    def _status_changed(self) -> Said:
        dice = self._dice
        data = {"relationship_id": self._stage(), "changed_at": self._when()}
        return (
            "customer.status_changed",
            dice.customer(),
            data | dice.some({"actor_id": dice.person}),
        )

    def _deleted(self) -> Said:
        return "customer.deleted", self._dice.customer(), {}

    def _restored(self) -> Said:
        back = self._dice.customer()
        if self._besides.random() < 0.25:
            return "customer.erased", back, {}
        return "customer.restored", back, {}

    def _merged(self) -> Said:
        dice = self._dice
        into = dice.pick([dice.customer(), "kh1", CUSTOMERS[2], "only named"])
        return "customer.merged", dice.customer(), {"into_id": into}

    def _contact(self) -> Said:
        dice = self._dice
        data = dice.some(
            {
                "customer_id": dice.customer,
                "name": dice.one_of(["", "B"]),
                "phones": lambda: dice.phones(dice.pick((5, 13))),
                "gender": dice.one_of(["male", "female"]),
                "birthday": dice.one_of(["1990-02-28", "2000-02-29"]),
            }
        )
        return "contact.upserted", dice.subject("w", 10), data

    def _contact_deleted(self) -> Said:
        return "contact.deleted", self._dice.subject("w", 10), {}
