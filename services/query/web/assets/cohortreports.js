// Lifecycle, journey and sales performance: what each asks for, and how it is drawn.

import { el, put } from "./dom.js";
import { Heat } from "./heat.js";
import { JourneyTable } from "./journeytable.js";
import { PerformanceTable } from "./performancetable.js";
import { observedWords, rangeWords, termWord } from "./ranges.js";
import { partsWord, scopeWord } from "./scope.js";
import { choice, numberWord } from "./sentence.js";
import { Stack } from "./stack.js";

const KINDS = ["company", "department", "employee"];

function scopeAsked({ scope }) {
  const { department, employee, sub } = scope;
  return {
    ...(employee ? { employee } : { department: department === "all" ? "" : department }),
    sub: department && department !== "all" ? String(sub) : "",
  };
}

function scopeWords({ desk, scope, open }) {
  const changed = (change) => desk.place.set({ ...change, list: "", customer: "" });
  return {
    scope: scopeWord(desk, open, scope, KINDS, (one) => changed({ ...one, sub: "" })),
    parts: partsWord(desk, scope, changed),
  };
}

function asked({ place }, ...names) {
  return Object.fromEntries(names.map((name) => [name, place.get(name)]));
}

function tile(label, note = null) {
  const number = el("b", { class: "big" });
  return { number, element: el("div", { class: "tilefigure" }, el("span", { class: "label" }, label), number, note) };
}

/** The matrix, and how long it took on average. */
class LifecycleBody {
  constructor({ desk }) {
    this.desk = desk;
    const { say } = desk;
    this.tiles = ["created", "converted", "converted_rate", "mean_days", "median_days"].map((name) => ({ name, ...tile(say(`lifecycle_${name}`)) }));
    this.heat = new Heat(desk);
    this.views = ["exact", "cumulative"].map((name) => el("button", {
      type: "button", class: "view", name, onclick: () => desk.place.set({ view: name === "exact" ? "" : name }),
    }, say(`view_${name}`)));
    this.element = el(
      "div",
      { class: "lifecycle" },
      el("div", { class: "tiles" }, this.tiles.map(({ element }) => element)),
      el("section", { class: "card wide alone" },
        el("header", {}, el("h2", {}, say("matrix")), el("span", { class: "views", role: "group", "aria-label": say("view") }, this.views)),
        el("p", { class: "note" }, say("matrix_note")),
        this.heat.element),
    );
  }

  update(report) {
    const { desk } = this;
    const { writer, numbers, link } = desk;
    const isCumulative = desk.place.get("view") === "cumulative";
    this.views.forEach((view) => view.setAttribute("aria-pressed", String((view.name === "cumulative") === isCumulative)));
    const { created, converted, mean_days: mean, median_days: median, total } = report;
    const written = {
      created: [numbers.whole.format(created), total.facts, created],
      converted: [numbers.whole.format(converted), total.facts && `${total.facts}&converted=true`, converted],
      converted_rate: [created ? writer.value(converted / created, "ratio") : "–", "", null],
      mean_days: [mean === null ? "–" : desk.say("so_many_days", { count: writer.brief.format(mean) }), "", mean],
      median_days: [median === null ? "–" : desk.say("so_many_days", { count: writer.brief.format(median) }), "", median],
    };
    for (const { name, number } of this.tiles) {
      const [text, facts, value] = written[name];
      number.dataset.value = JSON.stringify(value);
      number.dataset.total = `tile_${name}`;
      if (facts) {
        const anchor = number.querySelector("a") ?? number.appendChild(el("a"));
        put(anchor, text);
        link.dress(anchor, facts);
      } else {
        put(number, text);
      }
    }
    this.heat.update(report, isCumulative);
  }
}

export const LIFECYCLE = {
  name: "lifecycle",
  idOf: "day",
  subject: "figures",
  hasCsv: true,
  question: (page) => ({ ...scopeAsked(page), ...asked(page.desk, "days", "weeks", "until", "target", "stage", "source", "relationship") }),
  sentence: (page) => {
    const { desk } = page;
    const { place, say, words } = desk;
    const stage = place.get("stage");
    return [say("sentence_lifecycle"), {
      ...scopeWords(page),
      observed: observedWords(desk),
      source: termWord(desk, { name: "source", kind: "sources", label: say("source"), all: say("any_source") }),
      relationship: termWord(desk, { name: "relationship", kind: "stages", label: say("relationship"), all: say("any_relationship") }),
      target: choice({
        name: "target", label: say("target"), value: stage || "order",
        options: [
          { value: "order", text: say("first_order") },
          { label: say("relationships"), options: words.stages.map(({ id, name }) => ({ value: id, text: name })) },
        ],
        chosen: (value) => place.set(value === "order" ? { target: "", stage: "" } : { target: "stage", stage: value }),
      }),
    }];
  },
  body: (page) => new LifecycleBody(page),
};

/** The drawing, and the same as a table. */
class JourneyBody {
  constructor({ desk }) {
    this.stack = new Stack(desk);
    this.table = new JourneyTable(desk);
    this.element = el(
      "div",
      { class: "beside" },
      el("section", { class: "card wide alone" }, this.stack.element),
      el("section", { class: "card wide alone" }, this.table.element),
    );
  }

  update(report) {
    this.stack.update(report);
    this.table.update(report);
  }
}

export const JOURNEY = {
  name: "journey",
  idOf: "day",
  subject: "figures",
  hasCsv: true,
  question: (page) => ({ ...scopeAsked(page), ...asked(page.desk, "days", "weeks", "until", "owner") }),
  sentence: (page) => {
    const { desk } = page;
    const { place, say } = desk;
    return [say("sentence_journey"), {
      ...scopeWords(page),
      observed: observedWords(desk),
      owner: choice({
        name: "owner", label: say("owner_when"), value: place.get("owner", "on_day"),
        options: [{ value: "on_day", text: say("owner_on_day") }, { value: "now", text: say("owner_now") }],
        chosen: (value) => place.set({ owner: value === "now" ? "now" : "" }),
      }),
    }];
  },
  body: (page) => new JourneyBody(page),
};

const STATUSES = ["all", "purchased", "in_progress", "not_purchased"];
const SORTS = ["-created_at", "created_at", "-value", "value", "-purchases", "-last_order", "name"];
const CREATED = ["last_7", "last_30", "last_90", "this_month", "last_month"];

export const PERFORMANCE = {
  name: "sales-performance",
  idOf: "id",
  subject: "figures",
  hasCsv: true,
  question: (page) => {
    const { place } = page.desk;
    const [first, last] = page.desk.last90();
    return {
      ...scopeAsked(page),
      created_from: place.get("created_from") || first,
      created_to: place.get("created_to") || last,
      ...asked(page.desk, "from", "to", "relationship", "status", "min_purchases", "max_purchases"),
      sort: place.get("order"),
    };
  },
  sentence: (page) => {
    const { desk } = page;
    const { place, say } = desk;
    const number = (name) => numberWord({
      name, label: say(name), value: place.get(name), min: 0, max: 1_000_000, placeholder: say("any"), chosen: (value) => place.set({ [name]: value }),
    });
    return [say("sentence_performance"), {
      ...scopeWords(page),
      created: rangeWords(desk, { name: "created", label: say("created_when"), from: "created_from", to: "created_to", otherwise: "last_90", offered: CREATED }),
      ordered: rangeWords(desk, { name: "ordered", label: say("ordered_when"), from: "from", to: "to", otherwise: "this_month", offered: ["today", "this_week", "this_month", "last_month", "last_90"] }),
      relationship: termWord(desk, { name: "relationship", kind: "stages", label: say("relationship"), all: say("any_relationship") }),
      status: choice({
        name: "status", label: say("purchase_status"), value: place.get("status", "all"),
        options: STATUSES.map((value) => ({ value, text: say(`status_${value}`) })),
        chosen: (value) => place.set({ status: value === "all" ? "" : value }),
      }),
      least: number("min_purchases"),
      most: number("max_purchases"),
      order: choice({
        name: "order", label: say("order_of_rows"), value: place.get("order", SORTS[0]),
        options: SORTS.map((value) => ({ value, text: say(`sort_${value}`) })),
        chosen: (value) => place.set({ order: value === SORTS[0] ? "" : value }),
      }),
    }];
  },
  body: (page) => new PerformanceTable(page),
};
