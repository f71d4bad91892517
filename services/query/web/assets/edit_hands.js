// Moving and sizing tiles with a pointer: the tile follows cell by cell, and only where it fits.

/** Give a stage hands.
 *
 * Shape: `grid` is the element of the grid; `tile(id)` its definition; `change(id, {x, y, w, h})`
 *        is called for each new place on the way, `chosen(id)` at the touch, `done()` at the end.
 */
export class Hands {
  constructor(grid, { tile, size, change, chosen, done }) {
    Object.assign(this, { grid, tile, size, change, chosen, done });
    grid.addEventListener("pointerdown", (event) => this.down(event));
    grid.addEventListener("pointermove", (event) => this.move(event));
    grid.addEventListener("pointerup", (event) => this.up(event));
    grid.addEventListener("pointercancel", (event) => this.up(event));
  }

  down(event) {
    const piece = event.target.closest(".piece");
    this.chosen(piece?.dataset.tile ?? null);
    if (!piece || event.button !== 0) {
      return;
    }
    event.preventDefault();
    piece.focus({ preventScroll: true });
    const isSizing = Boolean(event.target.closest(".handle"));
    const tile = { ...this.tile(piece.dataset.tile) };
    this.held = { tile, isSizing, x: event.clientX, y: event.clientY };
    this.grid.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.held) {
      return;
    }
    const { tile, isSizing, x, y } = this.held;
    const { columns, rows } = this.size();
    const box = this.grid.getBoundingClientRect();
    const across = Math.round(((event.clientX - x) / box.width) * columns);
    const down = Math.round(((event.clientY - y) / box.height) * rows);
    const at = isSizing
      ? { w: Math.max(1, tile.w + across), h: Math.max(1, tile.h + down) }
      : { x: Math.max(0, tile.x + across), y: Math.max(0, tile.y + down) };
    this.change(tile.id, at);
  }

  up(event) {
    if (this.held) {
      this.held = null;
      this.grid.releasePointerCapture(event.pointerId);
      this.done();
    }
  }
}
