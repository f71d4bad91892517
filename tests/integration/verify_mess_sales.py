"""The mess about sales: opportunities and orders."""

from __future__ import annotations

from tests.integration.verify_dice import CUSTOMERS, Data, Dice, Kind, Said


class Sales:
    """Events about opportunities and orders."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.kinds: list[Kind] = [
            self._opportunity_created,
            self._opportunity_closed,
            self._order_created,
            self._order_created,
            self._order_updated,
            self._order_approved,
            self._order_approved,
            self._order_returned,
        ]
        self.rare: list[Kind] = [
            self._opportunity_assigned,
            self._opportunity_deleted,
            self._order_revoked,
            self._order_rejected,
            self._order_cancelled,
            self._order_deleted,
        ]

    def _sale(self) -> Data:
        dice = self._dice
        return dice.some({"customer_id": dice.customer, "owner_id": dice.person})

    def _deal(self) -> Data:
        dice = self._dice
        product = dice.some({"product_id": dice.one_of(["p 1", "p:2"])})
        deal = self._sale() | product | dice.some({"value": dice.money})
        if deal.get("customer_id") and dice.random.random() < 0.7:
            deal["customer_id"] = dice.pick(CUSTOMERS[:3])
        return deal

    def _opportunity_created(self) -> Said:
        dice = self._dice
        data = {"created_at": dice.pick([None, dice.instant()])} | self._deal()
        data |= dice.some({"campaign_id": dice.one_of(["c", "c:2"])})
        return "opportunity.created", dice.subject("p", 12), data

    def _opportunity_closed(self) -> Said:
        dice = self._dice
        data = {"outcome": dice.pick(("won", "lost")), "closed_at": dice.instant()}
        return "opportunity.closed", dice.subject("p", 12), data | self._deal()

    def _opportunity_assigned(self) -> Said:
        dice = self._dice
        owner = dice.pick([dice.person(), None])
        return "opportunity.assigned", dice.subject("p", 12), {"owner_id": owner}

    def _opportunity_deleted(self) -> Said:
        return "opportunity.deleted", self._dice.subject("p", 12), {}

    def _order(self) -> str:
        return self._dice.subject("o", 20)

    def _amounts(self) -> Data:
        """Return a total with the lines that make it, or without any."""
        dice = self._dice
        if dice.random.random() < 0.4:
            return {"total": dice.money()} | dice.some({"vat": dice.money, "shipping": dice.money})
        currency = dice.pick(("VND", "VND", "USD"))
        lines = dice.lines(priced=True, currency=currency)
        data: Data = {"lines": lines}
        total = sum(line["amount"]["amount"] for line in lines)
        if dice.random.random() < 0.4:
            data["discount"] = {"amount": 10, "currency": currency}
            total -= 10
        return data | {"total": {"amount": total, "currency": currency}}

    def _order_created(self) -> Said:
        dice = self._dice
        said = {"order_date": dice.date(), "created_at": dice.instant()}
        return "order.created", self._order(), said | self._amounts() | self._sale()

    def _order_updated(self) -> Said:
        dice = self._dice
        data = self._sale() | dice.some({"order_date": dice.date})
        if dice.random.random() < 0.4:
            return "order.updated", self._order(), data | self._amounts()
        data |= dice.some({"total": dice.money, "discount": dice.money})
        if dice.random.random() < 0.2:
            data["lines"] = None
        return "order.updated", self._order(), data

    def _decided(self, moment: str) -> Data:
        dice = self._dice
        return {moment: dice.instant()} | dice.some({"actor_id": dice.person})

    def _order_approved(self) -> Said:
        return "order.approved", self._order(), self._decided("approved_at")

    def _order_revoked(self) -> Said:
        return "order.approval_revoked", self._order(), self._decided("revoked_at")

    def _order_rejected(self) -> Said:
        return "order.rejected", self._order(), self._decided("rejected_at")

    def _order_cancelled(self) -> Said:
        return "order.cancelled", self._order(), {"cancelled_at": self._dice.instant()}

    def _order_deleted(self) -> Said:
        return "order.deleted", self._order(), {}

    def _order_returned(self) -> Said:
        dice = self._dice
        data = {
            "return_id": dice.pick("r:"),
            "returned_at": dice.instant(),
            "lines": dice.lines(priced=False),
        }
        return "order.returned", self._order(), data
