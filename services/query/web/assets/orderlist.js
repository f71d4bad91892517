// The orders of the period (D-81): the first of them, and the way to all.

import { el, renew } from "./dom.js";
import { columnsOf } from "./factcolumns.js";
import { Polled } from "./polled.js";
import { read } from "./service.js";

const NAMES_MS = 10 * 60_000;

/** The order detail of a report. */
export class OrderList {
  constructor(desk) {
    this.desk = desk;
    this.names = new Map();
    this.named = new Polled(() => read(`${this.facts}&limit=${this.orders.length}`), (list) => this.learn(list), { everyMs: NAMES_MS });
    this.table = el("table", { class: "facts" });
    this.all = el("p", { class: "more" });
    this.element = el("div", {}, el("div", { class: "gridbox", tabindex: "0", role: "group", "aria-label": desk.say("orders") }, this.table), this.all);
  }

  /** The report is told to many alike; who may open a customer reads the name in the list. */
  learn({ rows }) {
    rows.forEach(({ customer_id: id, customer_name: name }) => this.names.set(id, name));
    this.draw();
  }

  update({ title, orders, length, total }) {
    Object.assign(this, { title, orders, length, facts: total.cells[0].facts });
    if (this.facts && orders.some(({ customer_id: id }) => id && !this.names.has(id))) {
      this.named.soon();
    }
    this.draw();
  }

  draw() {
    const { desk, title, length, facts } = this;
    const orders = this.orders.map((order) => ({ ...order, customer_name: this.names.get(order.customer_id) }));
    const signature = JSON.stringify([orders, length, desk.link.at()]);
    if (signature === this.written) {
      return;
    }
    this.written = signature;
    const columns = columnsOf(new Set(["order"]));
    renew(
      this.table,
      el("caption", { class: "heard-only" }, title[desk.language]),
      el("thead", {}, el("tr", {}, columns.map(({ label, isFigure }) => el("th", { scope: "col", class: isFigure ? "figure" : "text" }, desk.say(label))))),
      el("tbody", {}, orders.map((order) => el("tr", { "data-id": order.id }, columns.map((column) =>
        el("td", { class: column.isFigure ? "figure" : "text" }, column.write(order, desk) || "–"))))),
    );
    const count = desk.numbers.whole.format(length);
    const link = el(facts ? "a" : "span", { class: "number" }, desk.say("all_orders", { count }));
    if (facts) {
      desk.link.dress(link, facts);
    }
    renew(this.all, el("span", { "data-value": String(length), "data-column": "orders" }, link));
  }
}
