"""What the company sells: products with prices, the lines of an order, and the warehouse."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Customer, Floor, day_of, dong
from services.ingestor.translate.moments import utc_text

_HOUR, _DAY = 3600, 86400
_WAREHOUSES = ("HN-1", "HCM-1")


class Product(NamedTuple):
    """A product. Units: price in dong; step is the smallest quantity sold."""

    id: str
    name: str
    price: int
    is_stocked: bool = False
    step: float = 1


PRODUCTS = (
    Product("co-ban", "Gói Cơ bản", 1_500_000),
    Product("nang-cao", "Gói Nâng cao", 3_200_000),
    Product("pro", "Gói Pro", 6_900_000),
    Product("doanh-nghiep", "Gói Doanh nghiệp", 18_000_000),
    Product("tu-van", "Giờ tư vấn", 400_000, step=0.5),
    Product("tai-nghe", "Tai nghe tổng đài", 450_000, is_stocked=True),
    Product("dien-thoai-ip", "Điện thoại IP", 1_150_000, is_stocked=True),
    Product("cap-mang", "Cáp mạng (m)", 9_500, is_stocked=True, step=12.125),
)
_DEMAND = (30, 24, 12, 3, 12, 14, 8, 5)
_GIFT = PRODUCTS[5]
_STOCKED = {one.id: one for one in PRODUCTS if one.is_stocked}


class Sale(NamedTuple):
    """An order as what follows it knows it: whose, and the lines and amounts last written."""

    order: str
    seller: Employee
    customer: Customer
    amounts: dict[str, Any]

    @property
    def due(self) -> int:
        """Return what the customer pays: net, VAT and shipping."""
        parts = (self.amounts.get(name) for name in ("total", "vat", "shipping"))
        return sum(part["amount"] for part in parts if part)


def basket(rng: Random) -> dict[str, Any]:
    """Return lines and the amounts they make: total = lines - discount, VAT and shipping apart."""
    chosen = dict.fromkeys(rng.choices(PRODUCTS, _DEMAND, k=rng.choice((1, 1, 1, 2, 2, 3))))
    lines = []
    for product in chosen:
        quantity = product.step * rng.choice((1, 1, 1, 2, 2, 3, 5))
        price = product.price * (1 - rng.choice((0, 0, 0, 0.05, 0.1)))
        lines.append(_line(product.id, quantity, round(price * quantity)))
    if _GIFT not in chosen and rng.random() < 0.08:
        lines.append(_line(_GIFT.id, 1, 0))
    whole = sum(line["amount"]["amount"] for line in lines)
    discount = whole // 20_000 * 1000 if rng.random() < 0.25 else 0
    made: dict[str, Any] = {"total": dong(whole - discount), "lines": lines}
    if discount:
        made["discount"] = dong(discount)
    made["vat"] = dong((whole - discount) * rng.choice((8, 10)) // 100)
    if any(line["product_id"] in _STOCKED for line in lines):
        made["shipping"] = dong(30_000)
    return made


def deliver(floor: Floor, at: datetime, sale: Sale) -> None:
    """Issue what a warehouse has of an order; some vouchers are declared void."""
    lines = [line for line in sale.amounts["lines"] if line["product_id"] in _STOCKED]
    if not lines:
        return
    subject = floor.next_id("px")
    data = {**_voucher(floor, at, lines), "order_id": sale.order, "reason": "sale"}
    data |= {"employee_id": sale.seller.id, "customer_id": sale.customer.id}
    floor.write("stock.issued", subject, at, data)
    if floor.rng.random() < 0.08:
        _void(floor, at, subject)


def give_back(floor: Floor, at: datetime, sale: Sale) -> None:
    """Let a part of an order come back, into the warehouse if it came from there."""
    line = floor.rng.choice(sale.amounts["lines"])
    share = 1 if floor.rng.random() < 0.5 else line["quantity"]
    part = min(share, line["quantity"])
    amount = round(line["amount"]["amount"] * part / line["quantity"])
    lines = [_line(line["product_id"], part, amount)]
    data = {"return_id": floor.next_id("tra"), "returned_at": utc_text(at), "lines": lines}
    floor.write("order.returned", sale.order, at, data)
    if line["product_id"] in _STOCKED:
        voucher = {**_voucher(floor, at, lines), "order_id": sale.order, "reason": "return"}
        voucher |= {"employee_id": sale.seller.id, "customer_id": sale.customer.id}
        floor.write("stock.received", floor.next_id("pn"), at, voucher)


def restock(floor: Floor, at: datetime, who: Employee) -> None:
    """Buy goods, or move them from one warehouse to the other."""
    product = floor.rng.choice(list(_STOCKED.values()))
    pieces = product.step * 10 * floor.rng.randint(1, 12)
    lines = [_line(product.id, pieces, round(product.price * 0.6 * pieces))]
    data = {**_voucher(floor, at, lines), "employee_id": who.id}
    if floor.rng.random() < 0.7:
        subject = floor.next_id("pn")
        floor.write("stock.received", subject, at, {**data, "reason": "purchase"})
        if floor.rng.random() < 0.1:
            _void(floor, at, subject)
        return
    left, entered = _WAREHOUSES
    moved = {**data, "reason": "transfer"}
    floor.write("stock.issued", floor.next_id("px"), at, {**moved, "warehouse": left})
    floor.write("stock.received", floor.next_id("pn"), at, {**moved, "warehouse": entered})


def _void(floor: Floor, at: datetime, subject: str) -> None:
    def void(then: datetime) -> None:
        floor.write("stock.voided", subject, then, {"voided_at": utc_text(then)})

    floor.after(at, floor.rng.uniform(0.5 * _HOUR, _DAY) * floor.hurry, void)


def _voucher(floor: Floor, at: datetime, lines: list[dict[str, Any]]) -> dict[str, Any]:
    place = floor.rng.choice(_WAREHOUSES)
    return {"voucher_date": day_of(at).isoformat(), "lines": lines, "warehouse": place}


def _line(product: str, quantity: float, amount: int) -> dict[str, Any]:
    return {"product_id": product, "quantity": quantity, "amount": dong(amount)}
