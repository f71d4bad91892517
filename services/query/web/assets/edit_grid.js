// Where tiles may stand on the grid of a board: pure.

export const SIZES = {
  number: [3, 2],
  leaderboard: [4, 5],
  trend: [5, 3],
  funnel: [3, 5],
  stock: [3, 3],
  calls: [3, 3],
  ticker: [6, 1],
  clock: [2, 1],
};

/** Whether two tiles share a cell. */
export function overlap(one, other) {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

/** Whether a tile lies within the grid and on no other tile. */
export function fits(board, tile) {
  const inside = tile.x >= 0 && tile.y >= 0 && tile.w >= 1 && tile.h >= 1;
  const within = tile.x + tile.w <= board.columns && tile.y + tile.h <= board.rows;
  const others = board.tiles.filter(({ id }) => id !== tile.id);
  return inside && within && others.every((other) => !overlap(tile, other));
}

/** The board with one tile changed; the same board where it would not fit. */
export function placed(board, id, change) {
  const tile = board.tiles.find((one) => one.id === id);
  const next = { ...tile, ...change };
  if (!fits(board, next)) {
    return board;
  }
  return { ...board, tiles: board.tiles.map((one) => (one.id === id ? next : one)) };
}

/** A place for a new tile: the first free one of its size, else of the largest; null without room. */
export function freePlace(board, [wide, high]) {
  for (const [w, h] of sizesWithin(Math.min(wide, board.columns), Math.min(high, board.rows))) {
    for (let y = 0; y + h <= board.rows; y += 1) {
      for (let x = 0; x + w <= board.columns; x += 1) {
        if (fits(board, { id: "", x, y, w, h })) {
          return { x, y, w, h };
        }
      }
    }
  }
  return null;
}

/** All sizes up to one, the largest first. */
function sizesWithin(wide, high) {
  const widths = [...Array(wide).keys()].map((at) => at + 1);
  const sizes = widths.flatMap((w) => [...Array(high).keys()].map((at) => [w, at + 1]));
  return sizes.sort(([w, h], [otherW, otherH]) => otherW * otherH - w * h);
}

/** An id that no tile has. */
export function freeId(board, kind) {
  const taken = new Set(board.tiles.map(({ id }) => id));
  for (let number = 1; ; number += 1) {
    if (!taken.has(`${kind}-${number}`)) {
      return `${kind}-${number}`;
    }
  }
}

/** What the arrow keys do to a tile: {x, y} or, with Shift, {w, h}; null for other keys. */
export function changeOf(tile, key, shift) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!step) {
    return null;
  }
  const [across, down] = step;
  return shift
    ? { w: tile.w + across, h: tile.h + down }
    : { x: tile.x + across, y: tile.y + down };
}
