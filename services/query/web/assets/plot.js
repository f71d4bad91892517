// The ground of a drawing over days: scales, axes, the line under the pointer. Bands are days.

import { draw } from "./dom.js";

const STEPS = [1, 2, 2.5, 5, 10];

/** Return about so many round values from 0 (or below) to the top: the marks of an axis. */
export function roundMarks(low, high, count = 4) {
  const span = high - Math.min(0, low) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = power * STEPS.find((one) => power * one >= span / count);
  const marks = [];
  for (let at = Math.floor(Math.min(0, low) / step); (at - 1) * step < high; at += 1) {
    marks.push(at * step);
  }
  return marks;
}

/** A drawing area: pixels of days and of values, drawn anew when its place changes its width. */
export class Plot {
  constructor({ height, left = 56, right = 96, top = 12, bottom = 24 }, redraw) {
    Object.assign(this, { height, left, right, top, bottom });
    this.svg = draw("svg", { class: "plot", role: "group", tabindex: "0" });
    this.width = 0;
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width && width !== this.width) {
        this.width = width;
        redraw();
      }
    }).observe(this.svg);
  }

  /** Take the range of values and the days; the right margin holds the names of the lines. */
  begin(days, marks, { right = this.right } = {}) {
    this.days = days;
    this.marks = marks;
    this.rightNow = this.width < 560 ? 12 : right;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("height", this.height);
    this.svg.replaceChildren();
  }

  get inner() {
    return Math.max(10, this.width - this.left - this.rightNow);
  }

  x(at) {
    return this.left + (this.inner * (at + 0.5)) / this.days.length;
  }

  y(value) {
    const [low, high] = [this.marks[0], this.marks.at(-1)];
    return this.top + (this.height - this.top - this.bottom) * (1 - (value - low) / (high - low || 1));
  }

  /** Draw the marks of the values and the days. */
  axes(writeValue, writeDay) {
    const end = this.width - this.rightNow;
    for (const mark of this.marks) {
      const y = Math.round(this.y(mark)) + 0.5;
      this.svg.append(
        draw("line", { class: mark === 0 ? "base" : "rule", x1: this.left, x2: end, y1: y, y2: y }),
        draw("text", { class: "tick", x: this.left - 8, y: y + 4, "text-anchor": "end" }, writeValue(mark)),
      );
    }
    if (writeDay) {
      const every = Math.max(1, Math.ceil((this.days.length * 52) / this.inner));
      this.days.forEach((day, at) => {
        if (at % every === 0) {
          this.svg.append(draw("text", { class: "tick", x: this.x(at), y: this.height - 6, "text-anchor": "middle" }, writeDay(day)));
        }
      });
    }
  }

  /** Return the day under a point of the screen. */
  dayAt(clientX) {
    const box = this.svg.getBoundingClientRect();
    const share = (clientX - box.left - this.left) / this.inner;
    return Math.min(this.days.length - 1, Math.max(0, Math.floor(share * this.days.length)));
  }
}

/** Let pointer and arrow keys choose a day of a drawing, and Enter or a click open it.
 *
 * Shape: `last()` is the day to begin at, the last one of which anything is known. Returns a
 *        function of the day to point at by default: the chosen one while one is, so that a live
 *        answer that draws all anew leaves who reads where they are.
 */
export function chooseDays(plot, { chosen, last, opened }) {
  const { svg } = plot;
  let at = -1;
  let isChosen = false;
  const go = (to) => {
    at = Math.min(plot.days.length - 1, Math.max(0, to));
    isChosen = true;
    chosen(at);
  };
  const leave = () => {
    isChosen = svg.matches(":focus-visible");
    if (!isChosen) {
      chosen(last());
    }
  };
  svg.addEventListener("pointermove", (event) => go(plot.dayAt(event.clientX)));
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("focus", () => svg.matches(":focus-visible") && go(at < 0 ? last() : at));
  svg.addEventListener("blur", leave);
  svg.addEventListener("click", (event) => opened(plot.dayAt(event.clientX)));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      go(at < 0 ? last() : at + step);
    } else if (event.key === "Enter" && at >= 0) {
      opened(at);
    }
  });
  return (otherwise) => (isChosen ? Math.min(at, plot.days.length - 1) : otherwise);
}

/** Return the path of a line through points; a missing one (null) ends it. */
export function linePath(points) {
  let isOpen = false;
  return points.map((point) => {
    if (!point) {
      isOpen = false;
      return "";
    }
    const word = `${isOpen ? "L" : "M"}${point[0].toFixed(1)},${point[1].toFixed(1)}`;
    isOpen = true;
    return word;
  }).join("");
}
