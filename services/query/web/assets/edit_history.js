// What was done to a board, to be taken back; and the draft that survives a reload.

const MOST = 100;

/** Past, present and future of a board; equal states are one. */
export class History {
  constructor(board) {
    this.past = [];
    this.future = [];
    this.board = board;
  }

  /** Make a change; returns whether it was one. */
  do(board) {
    if (JSON.stringify(board) === JSON.stringify(this.board)) {
      return false;
    }
    this.past.push(this.board);
    this.past.splice(0, this.past.length - MOST);
    this.future = [];
    this.board = board;
    return true;
  }

  undo() {
    return this.step(this.past, this.future);
  }

  redo() {
    return this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) {
      return false;
    }
    to.push(this.board);
    this.board = from.pop();
    return true;
  }
}

/** The draft of one board in this browser.
 *
 * Laws: says on which edition it was made, so that saving it later is told apart from saving over
 *       somebody else's work.
 */
export class Draft {
  constructor(id, storage) {
    this.key = `salespulse.draft.${id}`;
    this.storage = storage;
  }

  keep(edition, board) {
    this.storage.setItem(this.key, JSON.stringify({ edition, board }));
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(this.key));
    } catch {
      return null;
    }
  }

  drop() {
    this.storage.removeItem(this.key);
  }
}
