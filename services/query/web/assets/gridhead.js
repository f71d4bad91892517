// The heads of a table of figures: name, unit, definition, sorting; each stays while its column does.

import { el, put } from "./dom.js";
import { aboutButton, meaningOf } from "./meaning.js";

const NEXT = { "": "descending", descending: "ascending", ascending: "" };

/** The head rows of a grid.
 *
 * Laws: a live answer, or another order of the rows, leaves every head where it is: who is on one
 *       stays on it, and a definition that is open stays open.
 */
export class GridHead {
  constructor(grid) {
    this.grid = grid;
    this.desk = grid.desk;
    this.row = el("tr");
    this.groups = el("tr", { class: "groups" });
    this.element = el("thead", {}, this.row);
    this.cells = new Map();
  }

  draw({ columns, head, groups }) {
    const all = [{ name: "name", label: head, isText: true }, ...columns];
    const signature = JSON.stringify([all.map(signatureOf), groups]);
    if (this.written !== signature) {
      this.written = signature;
      this.build(all, groups);
    }
    const { column: by, direction } = this.grid.sorting;
    this.cells.forEach((cell, name) => cell.mark(name === by ? direction : ""));
  }

  build(columns, groups) {
    const before = this.cells;
    this.cells = new Map(columns.map((column) => {
      const kept = before.get(column.name);
      const isSame = kept?.signature === signatureOf(column);
      return [column.name, isSame ? kept : new Heading(column, this.grid)];
    }));
    this.row.replaceChildren(...[...this.cells.values()].map(({ element }) => element));
    if (groups) {
      const cells = groups.map(({ label, span }) => label
        ? el("th", { colspan: String(span), scope: "colgroup", class: "group" }, label)
        : el("td", { colspan: String(span) }));
      this.groups.replaceChildren(el("td"), ...cells);
      this.element.prepend(this.groups);
    }
  }
}

/** What a head says: a column that says something else gets another head. */
function signatureOf({ name, label, unit, definition, own_definition: own }) {
  return JSON.stringify([name, label, unit, definition, own]);
}

/** The head of one column. */
class Heading {
  constructor(column, grid) {
    const { desk } = grid;
    this.signature = signatureOf(column);
    const label = column.label?.[desk.language] ?? column.label;
    const unit = unitOf(column, desk);
    const words = el("span", { class: "label" }, label, unit ? el("small", {}, `\u00a0${unit}`) : null);
    this.element = el("th", { scope: "col", class: column.isText ? "text" : "figure", "data-column": column.name });
    if (grid.sortable && label && column.sortable !== false) {
      this.arrow = el("span", { class: "arrow", "aria-hidden": "true" });
      this.element.append(el("button", {
        type: "button", class: "sort", title: desk.say("sort_by", { name: label }),
        onclick: () => desk.place.set({ sort: this.next ? `${grid.id}:${column.name}:${this.next}` : "" }),
      }, words, this.arrow));
    } else {
      this.element.append(words);
    }
    if (column.definition) {
      this.element.append(aboutButton(meaningOf(column, desk), desk.say));
    }
  }

  /** Say in which direction the rows are sorted by this column, '' for not by it. */
  mark(direction) {
    this.next = NEXT[direction];
    if (!direction) {
      this.element.removeAttribute("aria-sort");
    } else {
      this.element.setAttribute("aria-sort", direction);
    }
    if (this.arrow) {
      put(this.arrow, { ascending: "↑", descending: "↓" }[direction] ?? "");
    }
  }
}

function unitOf({ unit }, { say, numbers }) {
  const hours = say("unit_clock");
  return {
    money: numbers.sign(), money_mean: numbers.sign(), days: say("unit_days"), seconds: hours, seconds_mean: hours,
  }[unit] ?? "";
}
