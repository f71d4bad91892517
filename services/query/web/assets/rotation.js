// Several boards on one screen, one after the other.

/** Which board comes after one, and how long this one stays: pure.
 *
 * Shape: (turns [{board_id, seconds}], place) -> {id, seconds, next}; null without turns.
 */
export function turnAt(turns, place) {
  if (!turns.length) {
    return null;
  }
  const { board_id: id, seconds } = turns[place % turns.length];
  return { id, seconds, next: (place + 1) % turns.length };
}

/** Goes through the turns of the board at the address; `show(id)` shows one. */
export class Turns {
  constructor(show) {
    this.show = show;
    this.turns = [];
    this.place = 0;
  }

  /** Follow the rotation of a board, beginning with this board where it has a turn. */
  follow(own, turns) {
    clearTimeout(this.timer);
    this.own = own;
    this.turns = turns;
    this.place = Math.max(0, turns.findIndex(({ board_id: id }) => id === own));
    this.shown = own;
    if (turns.length > 1 || (turns.length === 1 && turns[0].board_id !== own)) {
      this.wait();
    }
  }

  wait() {
    const { seconds } = turnAt(this.turns, this.place);
    this.timer = setTimeout(() => this.turn(), seconds * 1000);
  }

  turn() {
    this.place = turnAt(this.turns, this.place).next;
    const { id } = turnAt(this.turns, this.place);
    this.wait();
    if (id !== this.shown) {
      this.shown = id;
      this.show(id);
    }
  }

  /** A board that cannot be shown leaves the one before on the screen until the next turn. */
  skip() {
    this.shown = "";
  }
}
