// The journey as a table: per day the stock of each stage with what came and went, and the revenue.

import { el } from "./dom.js";
import { Grid } from "./grid.js";
import { showFigure } from "./written.js";

/** The table under the drawing; newest day first. */
export class JourneyTable {
  constructor(desk) {
    this.desk = desk;
    this.grid = new Grid(desk, "journey", { sortable: false });
    this.element = this.grid.element;
  }

  update({ stages, rows, columns, total }) {
    const { desk } = this;
    const of = (name) => columns.find((column) => column.name === name);
    const figures = [
      ...stages.map((stage, at) => ({
        name: `stage_${at}`,
        label: stage.id ? stage.name || stage.id : desk.say("no_stage"),
        unit: "count",
        definition: at === 0 ? of("stock").definition : null,
        definition_vi: at === 0 ? of("stock").definition_vi : null,
        sortable: false,
        write: (td, row) => this.stage(td, row.stages[at]),
        writeTotal: (td) => this.stage(td, { stock: null, entries: total.cells[3 + 3 * at], exits: total.cells[4 + 3 * at] }),
      })),
      { ...of("total"), sortable: false },
      { ...of("revenue"), sortable: false },
    ];
    this.grid.update({
      caption: desk.say("title_journey"),
      head: desk.say("day"),
      bars: false,
      columns: figures,
      rows: [...rows].reverse().map((row) => ({
        ...row,
        id: row.day,
        name: `${desk.days.weekday(row.day)} ${desk.days.day(row.day)}`,
        cells: [...stages.map(() => ({ value: null })), row.total, row.revenue],
      })),
      total: { name: desk.say("total"), cells: this.total(total, stages.length) },
    });
  }

  /** Of the total only the revenue adds up over days; stocks do not, and say so. */
  total({ cells }, stages) {
    return [...Array(stages).fill(null), null, cells[1]];
  }

  stage(td, { stock, entries, exits }) {
    td.className = "figure stage";
    let [main, came, went] = td.children;
    if (!main) {
      [main, came, went] = [el("span", { class: "stock" }), el("span", { class: "flow in" }), el("span", { class: "flow out" })];
      td.append(main, came, went);
    }
    main.hidden = !stock;
    showFigure(main, stock ?? { value: null }, { unit: "count", name: "stock" }, this.desk);
    showFigure(came, entries ?? { value: null }, { unit: "count", name: "entries" }, this.desk);
    showFigure(went, exits ?? { value: null }, { unit: "count", name: "exits" }, this.desk);
    came.hidden = !entries?.value;
    went.hidden = !exits?.value;
  }
}
