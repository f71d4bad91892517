// Some figures of the whole subject: label, number, definition; one under the other.

import { el } from "./dom.js";
import { aboutButton, meaningOf } from "./meaning.js";
import { showFigure } from "./written.js";

/** A list of figures. */
export class FigureList {
  constructor(desk) {
    this.desk = desk;
    this.element = el("dl", { class: "figurelist" });
    this.places = [];
  }

  update({ columns, total }) {
    const { desk } = this;
    if (!this.places.length) {
      this.element.replaceChildren(...columns.map((column) => {
        const place = el("dd", { class: "figure", "data-column": column.name });
        this.places.push(place);
        return el("div", {}, el("dt", {}, column.label[desk.language], aboutButton(meaningOf(column, desk), desk.say)), place);
      }));
    }
    columns.forEach((column, at) => showFigure(this.places[at], total.cells[at], column, desk));
  }
}
