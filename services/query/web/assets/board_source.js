// Where the definition of a board comes from: stored in the service, or made of what a department has.

import { keepChoice } from "./address.js";
import { metricsOf } from "./choice.js";
import { Missing, read, streamAddress } from "./service.js";
import { usualBoard } from "./usual.js";

/** A board that is stored in the service. */
export class StoredBoard {
  constructor(id) {
    this.id = this.boardId = id;
    this.unknown = "no_board";
  }

  get stream() {
    return `${this.path}/stream`;
  }

  get path() {
    return `/v1/boards/${encodeURIComponent(this.id)}`;
  }

  /** Errors: Missing for a board that is not there. */
  async read() {
    const { board } = await read(this.path);
    return { ...board, tiles: board.tiles ?? [] };
  }

  /** What is stored is another only after it was saved, and the stream says so. */
  renewed() {
    return null;
  }

  check() {}

  isBegun() {
    return true;
  }
}

/** The board that a department has without anybody doing anything.
 *
 * Shape: `address` names it: {department, tiles, rank}; who looks with the key of a kiosk is shown
 *        what the key names.
 * Laws:  its tiles are chosen again with what is known of the figures: a tile without data gives
 *        way to one with data. The stream brings all that may be chosen.
 */
export class UsualBoard {
  constructor({ department, tiles, rank }) {
    Object.assign(this, { id: department, asked: tiles, rank });
    this.boardId = null;
    this.unknown = "no_department";
  }

  get stream() {
    const metrics = metricsOf(this.catalogue, this.asked, this.rank).filter((name) => this.mayShow(name));
    return `${streamAddress("department", this.id, metrics)}&moments=true&alerts=true`;
  }

  mayShow(metric) {
    return !this.granted || this.granted.includes(metric);
  }

  async read(known) {
    this.check(known);
    const { board } = await read("/v1/me");
    this.granted = board && !board.board_id ? board.metrics : null;
    this.catalogue = known.catalogue;
    if (this.granted && !this.asked.length) {
      this.asked = this.granted.filter((name) => known.catalogue.get(name)?.streamed);
    }
    return this.define(null);
  }

  check({ org }) {
    const department = org.departments.find(({ id }) => id === this.id);
    if (!department) {
      throw new Missing(this.id);
    }
    this.name = department.name;
  }

  /** Return another definition, if what is known of the figures now chooses another. */
  renewed(figures) {
    const before = this.defined;
    const board = this.define(figures);
    return before === this.defined ? null : board;
  }

  define(figures) {
    const board = usualBoard(this, figures);
    this.defined = JSON.stringify(board);
    return board;
  }

  rankBy(metric) {
    this.rank = metric;
    keepChoice("rank", metric);
  }

  isBegun(figures) {
    return figures.anything;
  }
}
