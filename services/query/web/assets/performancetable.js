// Sales performance: customers one by one, how many by purchase status above them, page by page.

import { el, put, renew } from "./dom.js";
import { phoneLinks } from "./factcolumns.js";
import { Grid } from "./grid.js";
import { read } from "./service.js";

const TOTALS = ["customers", "purchased", "in_progress", "not_purchased"];
const FIGURES = new Set(["purchases", "pending", "value"]);

/** The table; the stream follows its first page, further pages stand below as they were read. */
export class PerformanceTable {
  constructor(page) {
    this.page = page;
    this.desk = page.desk;
    const { say, place } = this.desk;
    this.grid = new Grid(this.desk, "performance", { sortable: false });
    this.tiles = TOTALS.map((name) => {
      const number = el("b", { class: "big", "data-total": name });
      const choose = el("button", {
        type: "button", class: "view", onclick: () => place.set({ status: name === "customers" ? "" : name }),
      }, say("only_these"));
      return { name, number, choose, element: el("div", { class: "tilefigure" }, el("span", { class: "label" }, say(`status_of_${name}`)), number, choose) };
    });
    this.count = el("p", { class: "note", role: "status" });
    this.more = el("button", { type: "button", class: "tool more", onclick: () => this.showMore() }, say("show_more"));
    this.element = el(
      "div",
      {},
      el("div", { class: "tiles" }, this.tiles.map(({ element }) => element)),
      el("section", { class: "card wide alone" }, this.count, this.grid.element, this.more),
    );
    this.further = [];
  }

  update(report) {
    const question = this.page.parameters.toString();
    if (question !== this.question) {
      this.question = question;
      this.further = [];
      this.next = undefined;
    }
    this.report = report;
    this.next ??= report.next;
    for (const { name, number, choose } of this.tiles) {
      const anchor = number.querySelector("a") ?? number.appendChild(el("a"));
      put(anchor, this.desk.numbers.whole.format(report.totals[name]));
      number.dataset.value = JSON.stringify(report.totals[name]);
      if (report.facts?.[name]) {
        this.desk.link.dress(anchor, report.facts[name]);
      }
      const isChosen = (this.desk.place.get("status") || "customers") === name;
      choose.setAttribute("aria-pressed", String(isChosen));
      put(choose, this.desk.say(isChosen ? "shown_these" : "only_these"));
    }
    this.draw();
  }

  async showMore() {
    const { question } = this;
    this.more.disabled = true;
    const found = await read(`/v1/reports/sales-performance?${question}&cursor=${encodeURIComponent(this.next)}`)
      .catch((error) => ({ failed: error }));
    this.more.disabled = false;
    if (question !== this.question) {
      return;
    }
    if (found.failed) {
      put(this.count, found.failed.problem?.detail ?? this.desk.say("list_failed"));
      return;
    }
    this.further.push(...found.rows);
    this.next = found.next;
    this.draw();
  }

  draw() {
    const { desk, report } = this;
    const first = new Set(report.rows.map(({ id }) => id));
    const rows = [...report.rows, ...this.further.filter(({ id }) => !first.has(id))];
    const columns = report.columns.filter(({ name }) => name !== "name" && !TOTALS.includes(name));
    this.grid.update({
      caption: desk.say("title_sales-performance"),
      head: desk.say("fact_customer"),
      columns: columns.map((column) => (FIGURES.has(column.name) ? column : { ...column, isText: true, write: (td, row) => this.write(td, row, column.name) })),
      rows: rows.map((row) => ({
        ...row,
        name: row.name || row.id,
        cells: columns.map(({ name, unit }) => (FIGURES.has(name)
          ? { value: row[name], facts: row.facts?.[name], ...(unit === "money" ? { currency: row.currency, others: row.others } : {}) }
          : null)),
      })),
    });
    for (const row of rows) {
      this.nameLink(row);
    }
    const whole = desk.numbers.whole;
    put(this.count, desk.say("rows", { count: whole.format(report.total) })
      + (rows.length < report.total ? ` · ${desk.say("rows_shown", { count: whole.format(rows.length) })}` : ""));
    this.more.hidden = !this.next;
  }

  nameLink({ id }) {
    const name = this.grid.rows.get(id).querySelector("th .name");
    if (name.tagName !== "A") {
      const anchor = el("a", { class: "name" }, name.textContent);
      this.desk.link.dressCustomer(anchor, id);
      name.replaceWith(anchor);
    }
  }

  write(td, row, name) {
    const signature = JSON.stringify([row[name], row.in_progress]);
    if (td.dataset.written === signature) {
      return;
    }
    td.dataset.written = signature;
    const { desk } = this;
    const { days, say } = desk;
    const written = {
      phones: () => phoneLinks(row.phones ?? [], desk),
      owner_id: () => desk.person(row.owner_id),
      department_id: () => desk.department(row.department_id),
      created_at: () => days.instant(row.created_at),
      stage: () => (row.stage ? desk.word("stages", row.stage) : "–"),
      status: () => say(`status_${row.status}`) + (row.in_progress && row.status !== "in_progress" ? ` + ${say("status_in_progress")}` : ""),
      last_order: () => (row.last_order ? days.day(row.last_order) : "–"),
    };
    renew(td, (written[name] ?? (() => String(row[name] ?? "–")))());
  }
}
