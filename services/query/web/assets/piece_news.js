// The ticker and the clock as tiles of a stored board.

import { Piece, setText } from "./piece.js";
import { Ticker } from "./ticker.js";
import { make } from "./make.js";

/** The last events. */
export class TickerPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.list = make("ol", "ticker");
    this.body.append(this.list);
    this.ticker = new Ticker(this.list, wall);
  }

  update() {
    const { figures, board } = this.wall;
    if (!figures.beat) {
      return;
    }
    const names = board.has_names !== false;
    const money = board.has_money !== false;
    const events = money ? figures.events : figures.events.map((one) => ({ ...one, amount: 0 }));
    const name = (id) => (names ? (figures.names.get(id) ?? this.wall.personOf(id)) : "");
    this.ticker.update(events, name);
  }
}

/** The company's time of day, and its date. */
export class ClockPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.time = make("p", "number");
    this.day = make("p", "foot");
    this.body.append(this.time, this.day);
  }

  update() {
    const { clock } = this.wall;
    const now = clock.now();
    setText(this.time, clock.minutes(now));
    setText(this.day, clock.date(now));
  }
}
