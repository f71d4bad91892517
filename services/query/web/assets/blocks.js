// The blocks of a report in sections, each block drawn by its shape; those nobody knows come last.

import { BarList } from "./barlist.js";
import { el, put } from "./dom.js";
import { FigureList } from "./figurelist.js";
import { Funnel } from "./funnel.js";
import { Grid } from "./grid.js";
import { OrderList } from "./orderlist.js";
import { Trend } from "./trend.js";

const SECTIONS = [
  ["overview", ["revenue_trend", "sales_comparison", "conversion"]],
  ["step_1", ["new_customers_by_source", "goal_conversion", "leads", "customers_by_stage", "customers_by_source", "customers_by_industry", "customers_by_province", "customers_by_gender", "persons_by_age"]],
  ["step_2", ["interactions", "customers_interacted", "care_bands", "most_active"]],
  ["step_3", ["task_statistics", "tasks", "activities_by_project", "activities_by_type"]],
  ["step_4", ["orders", "orders_per_customer", "purchase_frequency", "contracts", "renewals", "expiry", "stock", "order_processing"]],
  ["step_5", ["revenue_by_source", "revenue_by_industry", "revenue_by_province", "revenue_of_customers_by_source", "revenue_of_customers_by_industry"]],
  ["people", ["summary", "sales_management"]],
  ["details", ["products_sold", "order_detail"]],
];
const LATER = new Set(["step_4", "step_5", "people", "details", "others"]);
const WIDE = new Set(["conversion", "summary", "order_detail", "sales_management", "order_processing", "products_sold", "stock"]);
const HALF = new Set(["revenue_trend", "most_active"]);
const COMPARED_BY = ["sales", "revenue", "orders", "orders_approved", "customers_new", "customers_converted", "calls_outbound", "talk_seconds_outbound", "tasks_completed", "contracts"];

/** All blocks of a report, in two columns that stand side by side where there is room for both. */
export class Blocks {
  constructor(page) {
    this.page = page;
    this.desk = page.desk;
    this.columns = [el("div", { class: "column" }), el("div", { class: "column" })];
    this.element = el("div", { class: "blocks" }, this.columns);
    this.sections = new Map();
    this.blocks = new Map();
  }

  update({ rows, compare }) {
    this.compare = compare;
    const known = new Set(SECTIONS.flatMap(([, names]) => names));
    const others = rows.map(({ block }) => block).filter((name) => !known.has(name));
    for (const [section, names] of [...SECTIONS, ["others", others]]) {
      for (const name of names) {
        const block = rows.find((one) => one.block === name);
        if (block) {
          this.blockIn(section, block).update(block);
        }
      }
    }
    const there = new Set(rows.map(({ block }) => block));
    for (const [name, { element }] of this.blocks) {
      element.hidden = !there.has(name);
    }
  }

  blockIn(section, block) {
    if (!this.blocks.has(block.block)) {
      const made = new Block(this, block);
      this.blocks.set(block.block, made);
      this.section(section).append(made.element);
    }
    return this.blocks.get(block.block);
  }

  section(name) {
    if (!this.sections.has(name)) {
      const title = el("h2", { class: name === "overview" ? "heard-only" : "" }, this.desk.say(`section_${name}`));
      const box = el("div", { class: "cards" });
      this.columns[Number(LATER.has(name))].append(el("section", { class: `section ${name}` }, title, box));
      this.sections.set(name, box);
    }
    return this.sections.get(name);
  }
}

/** One block: its title, its files, what draws it. */
class Block {
  constructor({ desk, page }, block) {
    Object.assign(this, { desk, page });
    this.title = el("h3", { id: `block-${block.block}` });
    this.files = el("span", { class: "files" });
    this.inside = drawerOf(desk, block);
    const size = WIDE.has(block.block) ? "wide" : HALF.has(block.block) ? "half" : "";
    const sized = block.block === "summary" || block.rows_by !== "employee" || size ? size : "tall";
    this.element = el(
      "section",
      { class: `card ${sized}`, "data-block": block.block, "aria-labelledby": `block-${block.block}` },
      el("header", {}, this.title, block.block === "sales_comparison" ? this.metric() : null, this.files),
      this.inside.element,
      block.adds_up ? null : el("p", { class: "note" }, desk.say("not_adding_up")),
    );
  }

  /** By which figure people are compared (D-15). */
  metric() {
    const { place, say, kpis, language } = this.desk;
    const value = place.get("metric", "sales");
    const names = COMPARED_BY.includes(value) ? COMPARED_BY : [value, ...COMPARED_BY];
    const options = names.filter((name) => kpis.has(name)).map((name) =>
      el("option", { value: name, selected: name === value }, kpis.get(name)[`label_${language}`]));
    return el("select", {
      class: "word", name: "metric", "aria-label": say("compared_by"),
      onchange: (event) => place.set({ metric: event.target.value === "sales" ? "" : event.target.value }),
    }, options);
  }

  update(block) {
    put(this.title, block.title[this.desk.language]);
    const query = new URLSearchParams(this.page.parameters);
    query.set("block", block.block);
    query.set("lang", this.desk.language);
    const signature = query.toString();
    if (this.filesOf !== signature) {
      this.filesOf = signature;
      this.files.replaceChildren(...["csv", "xlsx"].map((ending) => el("a", {
        class: "file", download: true,
        href: `/v1/reports/${this.page.kind.name}.${ending}?${query}`,
        title: this.desk.say("file_of", { name: block.title[this.desk.language], form: ending.toUpperCase() }),
      }, ending.toUpperCase())));
    }
    this.inside.update(block);
  }
}

function drawerOf(desk, block) {
  if (block.block === "conversion") {
    return new Funnel(desk);
  }
  switch (block.rows_by) {
    case "total":
      return new FigureList(desk);
    case "day":
      return new Trend(desk);
    case "order":
      return new OrderList(desk);
    case "employee":
      return block.columns.length > 1 ? new PeopleGrid(desk, block.block) : new BarList(desk);
    default:
      return new BarList(desk);
  }
}

/** Several figures of each person. */
class PeopleGrid {
  constructor(desk, name) {
    this.desk = desk;
    this.grid = new Grid(desk, name);
    this.element = this.grid.element;
  }

  update({ title, columns, rows, total }) {
    const { desk } = this;
    this.grid.update({
      caption: title[desk.language],
      head: desk.say("employee"),
      columns,
      rows: rows.map((row) => ({ ...row, name: desk.rowName(row), note: row.active === false ? desk.say("has_left") : "" })),
      total: { name: total.name[desk.language], cells: total.cells },
      last: ({ id }) => id === "-",
    });
  }
}
