// The five steps from a new customer to revenue as five linked bars, and both rates (D-16).

import { el } from "./dom.js";
import { aboutButton, meaningOf } from "./meaning.js";
import { showFigure } from "./written.js";

const STEPS = 5;
const RATES = ["conversion_rate_cohort", "conversion_rate_period"];
const BEHIND = { conversion_rate_cohort: "customers_converted", conversion_rate_period: "customers_first_bought" };

/** The conversion table of a report. */
export class Funnel {
  constructor(desk) {
    this.desk = desk;
    this.steps = el("ol", { class: "funnel" });
    this.rates = el("div", { class: "rates" });
    this.element = el("div", { class: "conversion" }, this.steps, this.rates);
    this.places = new Map();
  }

  update({ columns, total }) {
    const of = (step) => columns.map((column, at) => ({ column, cell: total.cells[at] }))
      .filter(({ column }) => (column.step ?? 0) === step);
    if (!this.places.size) {
      this.build(of);
    }
    const counts = Array.from({ length: STEPS - 1 }, (_, at) => of(at + 1)[0]?.cell.value ?? 0);
    const most = Math.max(1, ...counts);
    for (let step = 1; step <= STEPS; step += 1) {
      const [main] = of(step);
      const sales = of(STEPS).find(({ column }) => column.name === "sales")?.cell.value;
      const share = step < STEPS ? counts[step - 1] / most : sales ? (main.cell.value ?? 0) / sales : 0;
      this.steps.children[step - 1].style.setProperty("--share", Math.min(1, Math.max(0, share)));
      this.link(step, counts);
    }
    columns.forEach((column, at) => {
      const place = this.places.get(column.name);
      if (place) {
        place.dataset.column = column.name;
        showFigure(place, total.cells[at], column, this.desk);
      }
    });
  }

  /** Say how many of a step there are for each of the step before. */
  link(step, counts) {
    const place = this.steps.children[step - 1].querySelector(".per");
    const [before, now] = [counts[step - 2], counts[step - 1]];
    if (place && now !== undefined) {
      place.textContent = before
        ? this.desk.say(`per_step_${step}`, { value: this.desk.writer.plain(Math.round((now / before) * 100) / 100) })
        : "";
    }
  }

  build(of) {
    const { desk } = this;
    for (let step = 1; step <= STEPS; step += 1) {
      const [main, ...rest] = of(step);
      const big = el("span", { class: "big" });
      this.places.set(main.column.name, big);
      this.steps.append(el(
        "li",
        { class: "step", "data-step": String(step) },
        el("h3", {}, el("span", { class: "sign" }, String(step)), ` ${main.column.label[desk.language]} `, aboutButton(meaningOf(main.column, desk), desk.say)),
        big,
        el("span", { class: "linkbar", "aria-hidden": "true" }),
        el("p", { class: "per note" }, step === STEPS ? desk.say("share_approved") : ""),
        el("dl", {}, rest.map(({ column }) => this.entry(column))),
      ));
    }
    const others = of(0);
    this.rates.replaceChildren(...RATES.map((name) => {
      const rate = others.find(({ column }) => column.name === name);
      const behind = others.find(({ column }) => column.name === BEHIND[name]);
      return rate ? this.rate(rate.column, behind?.column) : null;
    }).filter(Boolean));
  }

  entry(column) {
    const place = el("dd", { class: "figure" });
    this.places.set(column.name, place);
    return el("div", {}, el("dt", {}, column.label[this.desk.language], aboutButton(meaningOf(column, this.desk), this.desk.say)), place);
  }

  rate(column, behind) {
    const { desk } = this;
    const place = el("span", { class: "big" });
    this.places.set(column.name, place);
    const small = el("p", { class: "note" });
    if (behind) {
      const count = el("span", { class: "figure" });
      this.places.set(behind.name, count);
      small.append(`${behind.label[desk.language]}: `, count);
    }
    return el("div", { class: "rate" }, el("h3", {}, column.label[desk.language], aboutButton(meaningOf(column, desk), desk.say)), place, small);
  }
}
