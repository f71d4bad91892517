// What a board knows: the figures of its scope and of its people, the last events, the freshness.

const KEPT_EVENTS = 30;

/** The figures of one scope as the stream tells them; absolute values, so repeats are harmless. */
export class Figures {
  constructor(scope) {
    this.scope = scope;
    this.startedAt = Date.now();
    this.heardAt = 0;
    this.lastFigure = 0;
    this.beat = null;
    this.today = "";
    this.clear();
  }

  clear() {
    this.values = new Map();
    this.people = new Map();
    this.names = new Map();
    this.others = new Map();
    this.rankings = new Map();
    this.restated = new Set();
    this.events = [];
  }

  /** Take one event of the stream; returns whether a fresh snapshot is needed (a new day). */
  take(name, data) {
    this.heardAt = Date.now();
    if (name === "snapshot") {
      this.takeSnapshot(data);
    } else if (name === "change") {
      data.cells.forEach((cell) => this.takeCell(cell));
      this.takeRankings(data.rankings);
    } else if (name === "occurrence") {
      this.takeEvents([data].flat());
    }
    if (data.state) {
      this.beat = { state: data.state, lag: data.lag, reason: data.reason };
      this.lastFigure = data.as_of ? Date.parse(data.as_of) : this.lastFigure;
    }
    const newDay = Boolean(data.today && this.today && data.today !== this.today);
    this.today = data.today ?? this.today;
    return newDay && name !== "snapshot";
  }

  takeSnapshot(data) {
    this.clear();
    for (const figure of data.figures) {
      this.takeFigure(this.scope, this.id, figure);
    }
    for (const person of data.employees ?? []) {
      this.people.set(person.id, new Map());
      this.names.set(person.id, person.name);
      person.figures.forEach((figure) => this.takeFigure("employee", person.id, figure));
    }
    this.takeRankings(data.rankings);
    this.takeEvents([...(data.occurrences ?? [])].reverse());
  }

  /** Rankings of people who are not named: figure -> rows of rank and value, each time whole. */
  takeRankings(rankings = []) {
    rankings.forEach(({ metric, rows }) => this.rankings.set(metric, rows));
  }

  takeFigure(scope, id, { metric, value, others }) {
    const values = this.valuesOf(scope, id);
    values?.set(metric, value);
    if (values === this.values) {
      this.others.set(metric, others ?? []);
    }
  }

  takeCell(cell) {
    this.takeFigure(cell.scope, cell.id, cell);
    if (cell.scope === this.scope) {
      this.restated[cell.restated ? "add" : "delete"](cell.metric);
    }
  }

  takeEvents(events) {
    for (const event of events) {
      if (!this.events.some((known) => known.event_id === event.event_id)) {
        this.events.unshift(event);
      }
    }
    this.events.length = Math.min(this.events.length, KEPT_EVENTS);
  }

  valuesOf(scope, id) {
    if (scope === this.scope) {
      return this.values;
    }
    return scope === "employee" ? this.people.get(id) : undefined;
  }

  /** The value of a figure of the scope; a cell that does not exist is a counted zero. */
  value(metric) {
    return this.beat ? (this.values.get(metric) ?? 0) : null;
  }

  hasData(metric) {
    return Boolean(this.values.get(metric));
  }

  /** Whether there is anything at all to show. */
  get anything() {
    return this.events.length > 0 || [...this.values.values()].some(Boolean);
  }
}
