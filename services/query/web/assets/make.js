// Elements that boards are made of.

import { svg } from "./state.js";

/** Make an element with a class and text. */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** A thin bar: a part of a whole, 0..1. */
export function bar() {
  const drawn = svg("svg", { class: "bar", "aria-hidden": "true" });
  const share = svg("rect", { class: "share", height: "100%", width: "0", rx: "2" });
  drawn.append(svg("rect", { height: "100%", width: "100%", rx: "2" }), share);
  drawn.fill = (part) => share.setAttribute("width", `${Math.min(1, Math.max(0, part)) * 100}%`);
  return drawn;
}
