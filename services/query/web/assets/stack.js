// The customers of each stage over the days as a stacked area, and daily revenue beneath it.

import { draw, el } from "./dom.js";
import { Plot, chooseDays, roundMarks } from "./plot.js";
import { Readout } from "./readout.js";

const TONES = 8;

/** The drawing of the journey report (D-100..D-105): two plots on one time axis. */
export class Stack {
  constructor(desk) {
    this.desk = desk;
    this.readout = new Readout();
    this.stock = new Plot({ height: 320, right: 150 }, () => this.redraw());
    this.money = new Plot({ height: 120, right: 150, top: 22 }, () => this.redraw());
    const head = el("h2", {}, desk.say("revenue_by_day"));
    this.element = el("div", { class: "chart" }, this.readout.element, this.stock.svg, head, this.money.svg);
    const [inStock, inMoney] = [this.stock, this.money].map((plot) => chooseDays(plot, {
      chosen: (at) => this.point(at),
      last: () => this.report.rows.length - 1,
      opened: (at) => this.open(at, plot === this.money),
    }));
    this.dayOr = (otherwise) => inStock(inMoney(otherwise));
  }

  update(report) {
    this.report = report;
    if (this.stock.width) {
      this.redraw();
    }
  }

  redraw() {
    const { report, stock, money, desk } = this;
    if (!report?.rows.length || !stock.width || !money.width) {
      return;
    }
    const days = report.rows.map(({ day }) => day);
    const totals = report.rows.map(({ stages }) => stages.reduce((sum, { stock: one }) => sum + (one.value ?? 0), 0));
    stock.begin(days, roundMarks(0, Math.max(1, ...totals)));
    stock.axes((mark) => desk.writer.short(mark, "count"), null);
    stock.svg.setAttribute("aria-label", desk.say("trend_keys", { name: desk.say("report_journey") }));
    this.areas();
    const revenues = report.rows.map(({ revenue }) => revenue.value ?? 0);
    money.begin(days, roundMarks(Math.min(0, ...revenues), Math.max(1, ...revenues), 2));
    money.axes((mark) => desk.writer.short(mark, "money"), (day) => desk.days.short(day));
    money.svg.setAttribute("aria-label", desk.say("trend_keys", { name: desk.say("revenue_by_day") }));
    const wide = Math.max(2, (money.inner / days.length) * 0.7);
    revenues.forEach((value, at) => {
      const [top, bottom] = [money.y(Math.max(0, value)), money.y(Math.min(0, value))];
      money.svg.append(draw("rect", { class: "column", x: money.x(at) - wide / 2, y: top, width: wide, height: Math.max(0, bottom - top) }));
    });
    this.cursors = [stock, money].map((plot) => {
      const cursor = draw("line", { class: "cursor", y1: plot.top, y2: plot.height - plot.bottom });
      plot.svg.append(cursor);
      return cursor;
    });
    this.point(this.dayOr(report.rows.length - 1));
  }

  areas() {
    const { report, stock } = this;
    const below = report.rows.map(() => 0);
    const names = [];
    report.stages.forEach((stage, index) => {
      const under = [...below];
      report.rows.forEach(({ stages }, at) => {
        below[at] += stages[index].stock.value ?? 0;
      });
      const top = below.map((value, at) => `${stock.x(at).toFixed(1)},${stock.y(value).toFixed(1)}`);
      const bottom = under.map((value, at) => `${stock.x(at).toFixed(1)},${stock.y(value).toFixed(1)}`).reverse();
      const tone = `tone${index % TONES}`;
      stock.svg.append(draw("path", { class: `area ${tone}`, d: `M${top.join("L")}L${bottom.join("L")}Z` }));
      if (below.at(-1) > under.at(-1)) {
        names.push({ y: stock.y((below.at(-1) + under.at(-1)) / 2), text: this.name(stage), tone });
      }
    });
    if (stock.width < 560) {
      return;
    }
    let highest = Infinity;
    for (const { y, text, tone } of names) {
      highest = Math.min(y, highest - 15);
      const x = stock.width - stock.rightNow + 8;
      stock.svg.append(
        draw("rect", { class: `swatch ${tone}`, x, y: highest - 5, width: 10, height: 10, rx: 2 }),
        draw("text", { class: "series", x: x + 15, y: highest + 4 }, text),
      );
    }
  }

  name({ id, name }) {
    return id ? name || id : this.desk.say("no_stage");
  }

  point(at) {
    const { report, desk } = this;
    const row = report.rows[at];
    if (!row || !this.cursors) {
      return;
    }
    [this.stock, this.money].forEach((plot, index) => {
      this.cursors[index].setAttribute("x1", plot.x(at));
      this.cursors[index].setAttribute("x2", plot.x(at));
    });
    const whole = (value) => (value === null ? "–" : desk.numbers.whole.format(value));
    this.readout.show(`${desk.days.weekday(row.day)} ${desk.days.day(row.day)}`, [
      { label: desk.say("customers"), tone: "none", text: whole(row.total.value), facts: row.total.facts },
      ...report.stages.map((stage, index) => ({
        label: this.name(stage),
        tone: `tone${index % TONES}`,
        text: whole(row.stages[index].stock.value),
        facts: row.stages[index].stock.facts,
      })),
      { label: desk.say("revenue"), tone: "ours", text: desk.writer.value(row.revenue.value, "money", row.revenue.currency), facts: row.revenue.facts },
    ], desk.link);
  }

  open(at, isMoney) {
    const row = this.report.rows[at];
    const facts = (isMoney ? row?.revenue : row?.total)?.facts;
    if (facts) {
      this.desk.place.set({ list: facts, customer: "" });
    }
  }
}
