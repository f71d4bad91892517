// A table of figures: sticky heads, sortable, bars for comparison, total; renewed place by place.

import { arrange, el, put } from "./dom.js";
import { GridHead } from "./gridhead.js";
import { walkWithArrows } from "./gridkeys.js";
import { showFigure } from "./written.js";

const BARRED = new Set(["count", "money", "seconds", "quantity"]);

/** One table.
 *
 * Shape: update({caption, head, groups?, columns, rows, total?, bars?}): `head` names the first
 *        column; rows are {id, name, note?, mark?, cells, row?}; cells in the order of columns;
 *        a column is one of a report, with `write(place, row)` where it shows no figure.
 * Laws:  a place is touched only where what it shows is another: focus and scroll stay, also where
 *        the rows change places.
 */
export class Grid {
  constructor(desk, id, { sortable = true } = {}) {
    Object.assign(this, { desk, id, sortable });
    this.caption = el("caption", { class: "heard-only" });
    this.head = new GridHead(this);
    this.body = el("tbody");
    this.foot = el("tfoot");
    this.table = el("table", { class: "grid", id }, this.caption, this.head.element, this.body, this.foot);
    this.element = el("div", { class: "gridbox", tabindex: "0", role: "group" }, this.table);
    this.rows = new Map();
    walkWithArrows(this.table);
  }

  get sorting() {
    const [grid, column, direction] = this.desk.place.get("sort").split(":");
    return grid === this.id ? { column, direction } : { column: "", direction: "" };
  }

  update(model) {
    this.model = model;
    put(this.caption, model.caption);
    this.element.setAttribute("aria-label", model.caption);
    this.head.draw(model);
    const bars = this.bars(model);
    const sorted = this.sorted(model);
    const kept = new Set(sorted.map(({ id }) => id));
    for (const [id, tr] of this.rows) {
      if (!kept.has(id)) {
        this.drop(id, tr);
      }
    }
    arrange(this.body, sorted.map((row) => this.rows.get(row.id) ?? this.newRow(row)));
    sorted.forEach((row) => this.fill(this.rows.get(row.id), row, bars));
    this.drawTotal(model);
  }

  bars({ columns, rows, bars = true }) {
    return columns.map((column, at) => {
      if (!bars || column.write || !BARRED.has(column.unit)) {
        return 0;
      }
      const there = rows.map(({ cells }) => cells[at]).filter(Boolean);
      return there.some(({ bound }) => bound) ? 0 : Math.max(0, ...there.map(({ value }) => value ?? 0));
    });
  }

  sorted({ columns, rows, last = () => false }) {
    const { column, direction } = this.sorting;
    const at = columns.findIndex(({ name }) => name === column);
    if (!direction || (at < 0 && column !== "name")) {
      return rows;
    }
    const sign = direction === "ascending" ? 1 : -1;
    const value = (row) => (at < 0 ? row.name : (columns[at].order?.(row) ?? row.cells[at]?.value ?? null));
    return [...rows].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (last(one) !== last(other)) {
        return last(one) ? 1 : -1;
      }
      if (a === null || b === null) {
        return (a === null) - (b === null);
      }
      return sign * (typeof a === "string" ? a.localeCompare(b, this.desk.language) : a - b);
    });
  }

  /** A row is gone; who was on it is on the table then, and not at the beginning of the page. */
  drop(id, tr) {
    if (tr.contains(document.activeElement)) {
      this.element.focus({ preventScroll: true });
    }
    tr.remove();
    this.rows.delete(id);
  }

  newRow(row) {
    const head = el("th", { scope: "row" });
    const tr = el("tr", { "data-id": row.id }, head, this.model.columns.map(() => el("td")));
    this.rows.set(row.id, tr);
    return tr;
  }

  fill(tr, row, bars) {
    const { columns } = this.model;
    while (tr.children.length < columns.length + 1) {
      tr.append(el("td"));
    }
    while (tr.children.length > columns.length + 1) {
      tr.lastElementChild.remove();
    }
    this.fillName(tr.firstElementChild, row);
    tr.className = row.tone ?? "";
    columns.forEach((column, at) => {
      const td = tr.children[at + 1];
      if (column.write) {
        td.className = "text";
        column.write(td, row);
        return;
      }
      const cell = row.cells[at] ?? { value: null };
      const isNew = showFigure(td, cell, { ...column, isBare: true }, this.desk);
      td.toggleAttribute("data-zero", cell.value === 0);
      td.className = bars[at] > 0 ? "figure barred" : "figure";
      td.style.setProperty("--share", bars[at] > 0 ? Math.max(0, cell.value ?? 0) / bars[at] : 0);
      if (isNew && !column.isClocked) {
        td.getAnimations().forEach((one) => one.cancel());
        td.animate([{ backgroundColor: "var(--accent-soft)", offset: 0 }], { duration: this.pulseMs });
      }
    });
  }

  get pulseMs() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1200;
  }

  fillName(th, { name, note, rank, href }) {
    const signature = JSON.stringify([name, note, rank, href]);
    if (th.dataset.written === signature) {
      return;
    }
    th.dataset.written = signature;
    th.replaceChildren(
      ...(rank === undefined ? [] : [el("span", { class: "rank" }, rank === null ? "–" : String(rank))]),
      href ? el("a", { href, class: "name" }, name) : el("span", { class: "name" }, name),
      ...(note ? [el("small", { class: "note" }, note)] : []),
    );
  }

  drawTotal({ total, columns }) {
    if (!total) {
      this.foot.replaceChildren();
      return;
    }
    if (!this.totalRow) {
      this.totalRow = el("tr", { class: "total" }, el("th", { scope: "row" }));
      this.foot.append(this.totalRow);
    }
    const tr = this.totalRow;
    tr.firstElementChild.replaceChildren(
      el("span", { class: "name" }, total.name),
      el("small", { class: "note", title: this.desk.say("recounted_why") }, this.desk.say("recounted")),
    );
    while (tr.children.length < columns.length + 1) {
      tr.append(el("td"));
    }
    columns.forEach((column, at) => {
      const td = tr.children[at + 1];
      td.className = column.write ? "text" : "figure";
      if (column.writeTotal) {
        column.writeTotal(td);
      } else if (total.cells[at]) {
        showFigure(td, total.cells[at], { ...column, isBare: true }, this.desk);
      }
    });
  }
}
