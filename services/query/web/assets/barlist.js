// The values of a dimension, or people by one figure: names, numbers, and a bar for the first of them.

import { el } from "./dom.js";
import { Grid } from "./grid.js";

/** A small table whose first figure has bars. */
export class BarList {
  constructor(desk) {
    this.desk = desk;
    this.element = el("div", { class: "barlist" });
  }

  update(block) {
    const { desk } = this;
    const { language } = desk;
    this.grid ??= this.begin(block);
    const isPeople = block.rows_by === "employee";
    this.grid.update({
      caption: block.title[language],
      head: desk.say(isPeople ? "employee" : `by_${block.rows_by}`),
      columns: block.columns,
      rows: block.rows.map((row) => ({
        ...row,
        id: row.id ?? `value:${row.value}`,
        name: isPeople ? desk.rowName(row) : this.valueName(row),
      })),
      total: { name: block.total.name[language], cells: block.total.cells },
    });
  }

  valueName({ value, name }) {
    return value === "" ? this.desk.say("without_value") : (name?.[this.desk.language] ?? value ?? "–");
  }

  begin({ block }) {
    const grid = new Grid(this.desk, block);
    this.element.append(grid.element);
    return grid;
  }
}
