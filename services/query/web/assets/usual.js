// The definition of the board that every department has: pure, from what is known of its figures.

import { chooseRank, chooseTiles, spansOf } from "./choice.js";

const PART = 2;
const PARTS = 6;
const RANKING = 7;
const HEIGHTS = { 1: [13], 2: [7, 6], 3: [5, 4, 4] };

/** Return the definition, as those that are stored.
 *
 * Shape: ({id, name, catalogue, asked, rank}, figures or null before there are any) -> board; its
 *        ranking offers the figures that it can go by.
 */
export function usualBoard({ id, name, catalogue, asked, rank }, figures) {
  const chosen = chooseTiles(catalogue, (metric) => Boolean(figures?.hasData(metric)), asked);
  const numbers = numberTiles(chosen.map(({ metric }) => metric), (metric) => catalogue.get(metric)?.label);
  const rows = numbers.at(-1).y + numbers.at(-1).h;
  const { metric, rankable } = chooseRank(catalogue, chosen, figures?.people ?? new Map(), rank);
  const across = PART * PARTS;
  return {
    id: `department ${id}`,
    name,
    scope: "department",
    scope_id: id,
    sub: true,
    is_usual: true,
    columns: across + RANKING,
    rows: rows + 1,
    theme: "dark",
    tiles: [
      ...numbers,
      { id: "rank", kind: "leaderboard", metric, offered: rankable, x: across, y: 0, w: RANKING, h: rows },
      { id: "news", kind: "ticker", x: 0, y: rows, w: across + RANKING, h: 1 },
    ],
  };
}

/** Lay out numbers row by row; the first row, with the hero, is the highest.
 *
 * Laws: that all of it is of today is said once, by the hero.
 */
function numberTiles(metrics, labelOf) {
  const placed = [];
  let [x, row] = [0, 0];
  spansOf(metrics.length).forEach((span, at) => {
    if (x + span > PARTS) {
      x = 0;
      row += 1;
    }
    placed.push({ metric: metrics[at], x: x * PART, w: span * PART, row });
    x += span;
  });
  const heights = HEIGHTS[row + 1];
  const top = (at) => heights.slice(0, at).reduce((sum, one) => sum + one, 0);
  return placed.map(({ metric, x: left, w, row: at }, index) => ({
    id: metric,
    kind: "number",
    metric,
    ...(index ? { title: labelOf(metric) } : {}),
    x: left,
    y: top(at),
    w,
    h: heights[at],
  }));
}
