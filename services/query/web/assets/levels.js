// The levels of a warning: each has a shape and a word, never a colour alone.

import { svg } from "./state.js";

export const LEVEL_SHAPES = { warn: "M8 1.5L15.5 14.5H.5z", critical: "M8 0l8 8-8 8-8-8z" };

/** A sign of sixteen by sixteen, in the colour and size of the text around it. */
export function icon(path) {
  const drawn = svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" });
  drawn.append(svg("path", { d: path }));
  return drawn;
}
