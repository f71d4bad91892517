// One stored board on the screen: its tiles, what feeds them, and the small documents they read.

import { Clock } from "./clock.js";
import { arrange } from "./dom.js";
import { Numbers } from "./numbers.js";
import { celebrated } from "./celebrated.js";
import { CallsPiece, RUNNING } from "./piece_calls.js";
import { FUNNEL, FunnelPiece } from "./piece_funnel.js";
import { LeaderboardPiece } from "./piece_leaderboard.js";
import { ClockPiece, TickerPiece } from "./piece_news.js";
import { NumberPiece } from "./piece_number.js";
import { STOCK, StockPiece } from "./piece_stock.js";
import { TrendPiece } from "./piece_trend.js";
import { Polled } from "./polled.js";
import { read } from "./service.js";
import { make } from "./make.js";
import { WallFigures } from "./wall_figures.js";
import { boardSpeaker } from "./words_board.js";

const PIECES = {
  number: NumberPiece,
  leaderboard: LeaderboardPiece,
  trend: TrendPiece,
  funnel: FunnelPiece,
  stock: StockPiece,
  calls: CallsPiece,
  ticker: TickerPiece,
  clock: ClockPiece,
};

/** Every figure that a tile follows. */
export function metricsOf({ kind, metric }) {
  const own = { funnel: FUNNEL, stock: [STOCK], calls: [RUNNING], ticker: [], clock: [] }[kind];
  return own ?? [metric];
}

/** A board.
 *
 * Shape: board is its definition; known is {company, catalogue, org}, as read once by the page;
 *        `rankBy(metric)` hears a choice in a ranking that offers one.
 */
export class Wall {
  constructor(grid, board, known, language, rankBy = () => {}) {
    Object.assign(this, { grid, board, language, rankBy });
    this.say = boardSpeaker(language);
    this.clock = new Clock(language, known.company.time_zone);
    this.numbers = new Numbers(language, known.company.currency, this.say);
    this.catalogue = known.catalogue;
    this.org = known.org;
    this.figures = new WallFigures(board.scope, board.scope_id);
    this.place = { scope: board.scope, id: board.scope_id, sub: board.sub && board.scope === "department" };
    this.pieces = new Map();
  }

  /** Build the tiles and stand them on the grid. */
  build() {
    return this.redefine(this.board);
  }

  /** Show another definition of the same place; a tile that shows the same as before goes on. */
  redefine(board) {
    const before = this.pieces;
    const held = document.activeElement?.closest("[data-tile]")?.dataset.tile;
    this.board = board;
    this.pieces = new Map(board.tiles.map((spec) => {
      const kept = before.get(spec.id);
      if (kept && contentOf(kept.spec) === contentOf(spec)) {
        before.delete(spec.id);
        kept.spec = spec;
        kept.put();
        return [spec.id, kept];
      }
      return [spec.id, new PIECES[spec.kind](spec, this)];
    }));
    before.forEach((piece) => piece.close());
    this.stand();
    if (before.has(held)) {
      this.pieces.get(held)?.element.querySelector("select, button")?.focus({ preventScroll: true });
    }
    return this;
  }

  stand() {
    const { columns, rows, tiles } = this.board;
    this.grid.style.setProperty("--columns", columns);
    this.grid.style.setProperty("--rows", rows);
    const inOrder = [...tiles].sort((one, other) => one.y - other.y || one.x - other.x);
    const elements = inOrder.map(({ id }) => this.pieces.get(id).element);
    const shown = elements.length ? elements : [make("p", "note", this.say("board_empty"))];
    [...this.grid.children].filter((one) => !shown.includes(one)).forEach((one) => one.remove());
    arrange(this.grid, shown);
  }

  close() {
    this.pieces.forEach((piece) => piece.close());
  }

  /** Take one event of the stream; returns whether a fresh snapshot is needed (a new day). */
  hear(name, data) {
    const newDay = this.figures.take(name, data);
    if (data.as_of && data.state === "live") {
      this.clock.learn(Date.parse(data.as_of), Date.now());
    }
    if (name === "change") {
      const metrics = new Set(data.cells.map(({ metric }) => metric));
      this.pieces.forEach((piece) => piece.changed(metrics));
    } else if (name === "snapshot") {
      this.pieces.forEach((piece) => piece.polled.forEach((one) => one.soon()));
    }
    return newDay;
  }

  update() {
    this.pieces.forEach((piece) => piece.update());
  }

  /** Whose figures a tile shows. */
  placeOf({ scope, scope_id: id, sub }) {
    const isOwn = !scope || (scope === this.board.scope && id === this.board.scope_id);
    return isOwn ? { ...this.place, isOwn } : { scope, id, sub: Boolean(sub), isOwn };
  }

  nameOf({ scope, id }) {
    if (scope === "company") {
      return this.say("company");
    }
    const list = scope === "employee" ? this.org.employees : this.org.departments;
    return list.find((one) => one.id === id)?.name ?? id;
  }

  /** The name of a place that is not the board's own, '' of that. */
  otherName(place) {
    return place.scope === this.place.scope && place.id === this.place.id ? "" : this.nameOf(place);
  }

  personOf(id) {
    return this.org.employees.find((one) => one.id === id)?.name ?? id;
  }

  poll(...given) {
    return new Polled(...given);
  }

  /** The words of something to celebrate. */
  celebrated(event) {
    return celebrated(event, {
      ...this,
      hasNames: this.board.has_names !== false,
      hasMoney: this.board.has_money !== false,
      personOf: (id) => this.personOf(id),
      nameOf: (place) => this.nameOf(place),
    });
  }

  readHours({ place, spec }) {
    return read(`/v1/hours?${query(place, { metric: spec.metric })}`);
  }

  readCalls({ place }) {
    return read(`/v1/running-calls?${query(place)}`);
  }

  readStock({ place }) {
    const asked = new URLSearchParams({ metrics: STOCK, by: "dimension", dimension: "stage", sub: place.sub });
    return read(`/v1/kpis/${place.scope}/${encodeURIComponent(place.id)}?${asked}`);
  }

  readLeaderboard({ spec, mode }) {
    const { scope, id, sub } = this.place;
    const department = scope === "department" ? { department: id, sub } : {};
    const period = spec.period ?? "day";
    const asked = { metric: spec.metric, mode, period, limit: 200, ...department };
    return read(`/v1/leaderboard?${new URLSearchParams(asked)}`);
  }

  /** The target of a figure and its value in a longer period: {target, expected, value}.
   *
   * Laws: that of a department with those below it is the sum of theirs, none if one has none.
   */
  async readAttainment({ place: { scope, id, sub }, spec }) {
    const asked = new URLSearchParams({ metrics: spec.metric, period: spec.period ?? "day", sub });
    const { figures } = await read(`/v1/attainment/${scope}/${encodeURIComponent(id)}?${asked}`);
    return figures[0];
  }
}

/** What a tile shows, wherever it stands. */
function contentOf({ x, y, w, h, ...content }) {
  return JSON.stringify(content);
}

function query({ scope, id, sub }, more = {}) {
  return new URLSearchParams({ scope, id, sub, ...more });
}
