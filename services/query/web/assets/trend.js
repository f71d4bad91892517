// The sales trend: three series over the days of the period (D-10..D-14); days to come have no point.

import { draw, el } from "./dom.js";
import { Grid } from "./grid.js";
import { Plot, chooseDays, linePath, roundMarks } from "./plot.js";
import { Readout } from "./readout.js";

const TONES = { sales: "before", revenue: "ours", collections: "other" };

/** The chart of a block by days. */
export class Trend {
  constructor(desk) {
    this.desk = desk;
    this.readout = new Readout();
    this.plot = new Plot({ height: 260 }, () => this.redraw());
    this.table = new Grid(desk, "trend", { sortable: false });
    const words = el("summary", {}, desk.say("as_table"));
    const box = el("details", { class: "astable" }, words, this.table.element);
    this.element = el("div", { class: "chart" }, this.readout.element, this.plot.svg, box);
    this.dayOr = chooseDays(this.plot, {
      chosen: (at) => this.point(at),
      last: () => this.last,
      opened: (at) => this.open(at),
    });
  }

  update(block) {
    this.block = block;
    this.drawTable(block);
    if (this.plot.width) {
      this.redraw();
    }
  }

  drawTable({ title, columns, rows, total }) {
    const { desk } = this;
    this.table.update({
      caption: title[desk.language],
      head: desk.say("day"),
      columns,
      rows: rows.map((row) => ({ ...row, id: row.day, name: `${desk.days.weekday(row.day)} ${desk.days.day(row.day)}` })),
      total: { name: total.name[desk.language], cells: total.cells },
    });
  }

  redraw() {
    const { block, plot, desk } = this;
    if (!block) {
      return;
    }
    const values = block.columns.map((_, at) => block.rows.map(({ cells }) => cells[at].value));
    const all = values.flat().filter((value) => value !== null);
    const digits = desk.writer;
    plot.begin(block.rows.map(({ day }) => day), roundMarks(Math.min(0, ...all), Math.max(1, ...all)));
    plot.axes((mark) => digits.short(mark, block.columns[0].unit), (day) => desk.days.short(day));
    plot.svg.setAttribute("aria-label", desk.say("trend_keys", { name: block.title[desk.language] }));
    const names = [];
    values.forEach((series, at) => {
      const tone = TONES[block.columns[at].name] ?? "other";
      const points = series.map((value, day) => (value === null ? null : [plot.x(day), plot.y(value)]));
      plot.svg.append(draw("path", { class: `line ${tone}`, d: linePath(points) }));
      const last = points.findLast(Boolean);
      if (last) {
        plot.svg.append(draw("circle", { class: `dot ${tone}`, cx: last[0], cy: last[1], r: 3 }));
        names.push({ y: last[1], x: last[0], tone, text: block.columns[at].label[desk.language] });
      }
    });
    this.nameLines(names);
    this.cursor = draw("line", { class: "cursor", y1: plot.top, y2: plot.height - plot.bottom });
    plot.svg.append(this.cursor);
    const today = block.rows.findLastIndex(({ cells }) => cells.some(({ value }) => value !== null));
    this.last = Math.max(0, today);
    this.point(this.dayOr(this.last));
  }

  nameLines(names) {
    const { plot } = this;
    if (plot.width < 560) {
      return;
    }
    names.sort((one, other) => one.y - other.y);
    let lowest = -Infinity;
    const bottom = plot.height - plot.bottom;
    for (const [at, name] of names.entries()) {
      const room = bottom - 15 * (names.length - 1 - at);
      lowest = Math.min(room, Math.max(name.y, lowest + 15));
      plot.svg.append(draw("text", { class: `series ${name.tone}`, x: name.x + 8, y: lowest + 4 }, name.text));
    }
  }

  point(at) {
    const { block, plot, desk } = this;
    const row = block.rows[at];
    if (!row) {
      return;
    }
    this.cursor.setAttribute("x1", plot.x(at));
    this.cursor.setAttribute("x2", plot.x(at));
    this.readout.show(`${desk.days.weekday(row.day)} ${desk.days.day(row.day)}`, block.columns.map((column, index) => ({
      label: column.label[desk.language],
      tone: TONES[column.name] ?? "other",
      text: desk.writer.cell(row.cells[index], column).text,
      facts: row.cells[index].facts,
    })), desk.link);
  }

  open(at) {
    const cells = this.block.rows[at]?.cells ?? [];
    const revenue = this.block.columns.findIndex(({ name }) => name === "revenue");
    const facts = cells[Math.max(0, revenue)]?.facts;
    if (facts) {
      this.desk.place.set({ list: facts, customer: "" });
    }
  }
}
