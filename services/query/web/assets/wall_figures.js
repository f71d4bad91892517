// What a stored board knows: the figures of its own place, of its people, of places beside it.

import { Figures } from "./figures.js";

/** The figures of a board; null is what was told to be unknown, undefined what is not followed. */
export class WallFigures extends Figures {
  constructor(scope, id) {
    super(scope);
    this.id = id;
  }

  clear() {
    super.clear();
    this.beside = new Map();
    this.othersBeside = new Map();
  }

  takeSnapshot(data) {
    super.takeSnapshot(data);
    for (const { scope, id, figures } of data.beside ?? []) {
      this.beside.set(`${scope} ${id}`, new Map());
      figures.forEach((figure) => this.takeFigure(scope, id, figure));
    }
  }

  takeFigure(scope, id, figure) {
    super.takeFigure(scope, id, figure);
    const values = this.beside.get(`${scope} ${id}`);
    if (values) {
      values.set(figure.metric, figure.value);
      this.othersBeside.set(`${scope} ${id} ${figure.metric}`, figure.others ?? []);
    }
  }

  valuesOf(scope, id) {
    if (scope === this.scope && id === this.id) {
      return this.values;
    }
    return scope === "employee" ? this.people.get(id) : undefined;
  }

  isOwn({ scope, id }) {
    return scope === this.scope && id === this.id;
  }

  /** The value of a figure of a place, as followed live. */
  at(place, metric) {
    const values = this.isOwn(place) ? this.values : this.beside.get(`${place.scope} ${place.id}`);
    return values?.get(metric);
  }

  /** What there is of it in other currencies. */
  othersAt(place, metric) {
    const isOwn = this.isOwn(place);
    return isOwn ? this.others.get(metric) : this.othersBeside.get(`${place.scope} ${place.id} ${metric}`);
  }
}
