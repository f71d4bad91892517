// How many customers stand at each stage of the journey now. The total is live; the stages are a
// small document, read again when the total or a stage moved.

import { Piece, fitting, setText } from "./piece.js";
import { bar, make } from "./make.js";

export const STOCK = "customers_assigned";

/** The tile of the journey's stock. */
export class StockPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.list = make("ol", "stages");
    this.body.append(this.list);
    this.poll(() => wall.readStock(this), (found) => this.learn(found)).soon();
  }

  changed(metrics) {
    if (metrics.has(STOCK)) {
      this.polled.forEach((one) => one.soon());
    }
  }

  learn(found) {
    this.element.toggleAttribute("data-unread", false);
    const rows = found.figures[0]?.by ?? [];
    const stages = rows.map((row) => ({ name: row.name || row.dimension_value, value: row.value }));
    const known = JSON.stringify(stages);
    if (known === this.known) {
      return;
    }
    this.known = known;
    this.element.dataset.value = stages.reduce((sum, { value }) => sum + value, 0);
    const most = Math.max(...stages.map(({ value }) => value), 1);
    const shown = fitting(this.list, stages.length);
    const more = this.say("more", { count: stages.length - shown });
    this.list.replaceChildren(
      ...stages.slice(0, shown).map((stage) => this.row(stage, most)),
      ...(shown < stages.length ? [make("li", "note", more)] : []),
    );
    if (!stages.length) {
      this.list.replaceChildren(make("li", "note", this.say("no_stock")));
    }
  }

  row({ name, value }, most) {
    const row = make("li", "stage");
    const drawn = bar();
    drawn.fill(value / most);
    const number = make("b", "");
    setText(number, this.wall.numbers.text(value, "count"));
    row.append(make("span", "label", name || this.say("no_stage")), number, drawn);
    return row;
  }
}
