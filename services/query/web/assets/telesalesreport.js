// The telesales report (T-10..T-38): whom owners called of the customers created in a window.

import { el } from "./dom.js";
import { Grid } from "./grid.js";
import { rangeWords, termWord } from "./ranges.js";
import { partsWord, scopeWord } from "./scope.js";
import { choice } from "./sentence.js";

const GROUPS = [
  ["customers", ["customers", "opportunities", "customers_distinct", "called", "not_called", "called_rate", "customers_reached"]],
  ["calls", ["calls_attempted", "calls_connected", "talk_seconds", "called_by_anyone", "calls_by_anyone", "calls_connected_by_anyone"]],
  ["appointments", ["appointments", "customers_with_appointment", "appointments_completed", "no_appointment"]],
  ["orders", ["orders", "customers_with_order", "no_order"]],
  ["money", ["order_value", "order_value_pending", "collected", "collected_other", "debt", "balance"]],
];
const FILTERS = ["subject", "campaign", "source", "group", "created_from", "created_to", "called_from", "called_to", "any_agent"];
const CREATED = ["today", "yesterday", "last_7", "last_30", "this_month", "last_month"];

/** Return the columns of a telesales answer in groups: [{label, span}], and the order of columns. */
export function grouped(columns, say, only = null) {
  const at = new Map(columns.map(({ name }, index) => [name, index]));
  const groups = GROUPS.map(([label, names]) => ({
    label: say(`group_${label}`),
    indexes: names.filter((name) => at.has(name) && (!only || only.has(name))).map((name) => at.get(name)),
  })).filter(({ indexes }) => indexes.length);
  const known = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = only ? [] : columns.map((_, index) => index).filter((index) => !known.has(columns[index].name));
  if (rest.length) {
    groups.push({ label: "", indexes: rest });
  }
  return {
    groups: groups.map(({ label, indexes }) => ({ label, span: indexes.length })),
    order: groups.flatMap(({ indexes }) => indexes),
  };
}

/** Return what a page asks the telesales report for. */
export function telesalesQuestion({ desk, scope }) {
  const { department, employee } = scope;
  return {
    ...(employee ? { employee } : { department: department === "all" ? "" : department }),
    sub: department && department !== "all" ? String(scope.sub) : "",
    ...Object.fromEntries(FILTERS.map((name) => [name, desk.place.get(name)])),
  };
}

/** Return the words of the telesales question. */
export function telesalesWords(page) {
  const { desk, scope, open } = page;
  const { place, say } = desk;
  const changed = (change) => place.set({ ...change, list: "", customer: "" });
  return {
    subject: choice({
      name: "subject", label: say("subject"), value: place.get("subject", "customer"),
      options: [{ value: "customer", text: say("subject_customer") }, { value: "opportunity", text: say("subject_opportunity") }],
      chosen: (value) => changed({ subject: value === "customer" ? "" : value, sort: "" }),
    }),
    scope: scopeWord(desk, open, scope, ["company", "department", "employee"], (one) => changed({ ...one, sub: "" })),
    parts: partsWord(desk, scope, changed),
    created: rangeWords(desk, { name: "created", label: say("created_when"), from: "created_from", to: "created_to", otherwise: "today", offered: CREATED }),
    called: rangeWords(desk, { name: "called", label: say("called_when"), from: "called_from", to: "called_to", otherwise: "today", offered: CREATED }),
    agent: choice({
      name: "any_agent", label: say("called_by"), value: place.get("any_agent", "false"),
      options: [{ value: "false", text: say("by_owner") }, { value: "true", text: say("by_anyone") }],
      chosen: (value) => changed({ any_agent: value === "true" ? "true" : "" }),
    }),
    source: termWord(desk, { name: "source", kind: "sources", label: say("source"), all: say("any_source") }),
    group: termWord(desk, { name: "group", kind: "groups", label: say("customer_group"), all: say("any_group") }),
    campaign: termWord(desk, { name: "campaign", kind: "campaigns", label: say("campaign"), all: say("any_campaign") }),
  };
}

/** The table of the report. */
class TelesalesBody {
  constructor({ desk }) {
    this.desk = desk;
    this.grid = new Grid(desk, "telesales");
    this.element = el("section", { class: "card wide alone" }, this.grid.element);
  }

  update({ columns, rows, total }) {
    const { desk } = this;
    const { groups, order } = grouped(columns, desk.say);
    const pick = (cells) => order.map((at) => cells[at]);
    this.grid.update({
      caption: desk.say("title_telesales"),
      head: desk.say("owner"),
      groups,
      columns: pick(columns),
      rows: rows.map((row) => ({
        ...row,
        name: desk.rowName(row),
        cells: pick(row.cells),
        note: row.active === false && row.id !== "-" ? desk.say("has_left") : "",
      })),
      total: { name: desk.say("total"), cells: pick(total.cells) },
      last: ({ id }) => id === "-",
    });
  }
}

export const TELESALES = {
  name: "telesales",
  idOf: "id",
  subject: "telesales",
  hasCsv: true,
  question: telesalesQuestion,
  sentence: (page) => [page.desk.say("sentence_telesales"), telesalesWords(page)],
  body: (page) => new TelesalesBody(page),
};
