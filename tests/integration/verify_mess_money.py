"""The mess about payments, contracts and stock."""

from __future__ import annotations

from tests.integration.verify_dice import Data, Dice, Kind, Said


class Moneys:
    """Events about payments, contracts and stock vouchers."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.kinds: list[Kind] = [
            self._payment,
            self._payment,
            self._reversed,
            self._contract_created,
            self._contract_updated,
            self._contract_renewed,
            self._issued,
            self._received,
        ]
        self.rare: list[Kind] = [
            self._contract_cancelled,
            self._contract_deleted,
            self._voided,
        ]

    def _payment(self) -> Said:
        dice = self._dice
        amount = dice.pick((100, 250, 250, -100, 0, 10**15))
        paid = {"amount": amount, "currency": dice.pick(("VND", "VND", "VND", "USD"))}
        data = {"paid_at": dice.instant(), "amount": paid} | dice.some(
            {
                "order_id": lambda: dice.subject("o", dice.pick((6, 24))),
                "customer_id": dice.customer,
            }
        )
        return "payment.received", dice.subject("y", 24), data

    def _reversed(self) -> Said:
        dice = self._dice
        data = {"reversed_at": dice.instant()} | dice.some({"amount": dice.money})
        return "payment.reversed", dice.subject("y", 24), data

    def _contract(self) -> str:
        return self._dice.subject("h", 14)

    def _terms(self) -> Data:
        dice = self._dice
        data = dice.some(
            {
                "customer_id": dice.customer,
                "owner_id": dice.person,
                "effective_from": dice.date,
                "effective_to": dice.date,
                "value": dice.money,
            }
        ) | ({"draft": dice.pick([True, False, None])} if dice.random.random() < 0.2 else {})
        first, last = data.get("effective_from"), data.get("effective_to")
        if first and last and last < first:
            data |= {"effective_from": last, "effective_to": first}
        return data

    def _contract_created(self) -> Said:
        data = {"created_at": self._dice.instant()} | self._terms()
        return "contract.created", self._contract(), data

    def _contract_updated(self) -> Said:
        return "contract.updated", self._contract(), self._terms()

    def _contract_renewed(self) -> Said:
        dice = self._dice
        data = {"previous_contract_id": self._contract(), "renewed_at": dice.instant()}
        return "contract.renewed", self._contract(), data | self._terms()

    def _contract_cancelled(self) -> Said:
        return "contract.cancelled", self._contract(), {"cancelled_at": self._dice.instant()}

    def _contract_deleted(self) -> Said:
        return "contract.deleted", self._contract(), {}

    def _voucher(self) -> Data:
        dice = self._dice
        return {"voucher_date": dice.date(), "lines": dice.lines(priced=False)} | dice.some(
            {"employee_id": dice.person, "customer_id": dice.customer, "order_id": lambda: "o1"}
        )

    def _issued(self) -> Said:
        dice = self._dice
        data = self._voucher()
        if dice.random.random() < 0.6:
            data["reason"] = dice.pick(["sale", "transfer", "other"])
        return "stock.issued", dice.subject("v", 12), data

    def _received(self) -> Said:
        dice = self._dice
        data = self._voucher()
        if dice.random.random() < 0.6:
            data["reason"] = dice.pick(["purchase", "return", "transfer"])
        return "stock.received", dice.subject("v", 12), data

    def _voided(self) -> Said:
        return "stock.voided", self._dice.subject("v", 12), {}
