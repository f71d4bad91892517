// Two lines of one day by the hour: today up to now, and the day it is compared with. Draws only.

import { svg } from "./state.js";

/** A round number not below a value, for the top of an axis. */
export function roundTop(value) {
  if (value <= 5) {
    return Math.max(1, Math.ceil(value));
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= value);
}

/** The hours that an axis shows: the working day, wider where something happened. */
export function hoursShown(today, before, now) {
  const busy = [...Array(24).keys()].filter((hour) => today[hour] || before[hour]);
  const first = Math.min(8, ...busy, Math.floor(now));
  const last = Math.max(18, ...busy.map((hour) => hour + 1), Math.ceil(now));
  return [Math.max(0, first), Math.min(24, last)];
}

/** Sums up to the end of each hour: [[hour, sum], ...], from nothing. */
export function sumsOf(hours, first, until) {
  const points = [[first, 0]];
  let sum = 0;
  for (let hour = 0; hour < 24 && hour < until; hour += 1) {
    sum += hours[hour] ?? 0;
    if (hour >= first) {
      points.push([Math.min(hour + 1, until), sum]);
    }
  }
  return points;
}

/** The chart; `draw` takes what there is and the size in pixels. */
export class LineChart {
  constructor(label) {
    this.element = svg("svg", { class: "lines", role: "img", "aria-label": label });
  }

  /** The size of the text around it, in pixels: the marks of a large drawing are no larger. */
  largest(size) {
    if (this.measuredAt !== size) {
      this.measuredAt = size;
      this.around = Number.parseFloat(getComputedStyle(this.element.parentElement).fontSize);
    }
    return this.around;
  }

  draw({ today, before, now, value, size, write }) {
    const { width, height } = size;
    if (!width || !height) {
      return;
    }
    const text = Math.max(11, Math.min(height * 0.11, width * 0.035, this.largest(size)));
    const [first, last] = hoursShown(today, before, now);
    const past = sumsOf(before, first, last);
    const line = sumsOf(today, first, now).slice(0, -1);
    line.push([now, value]);
    const sums = [...past, ...line].map(([, sum]) => sum);
    const top = roundTop(Math.max(...sums, 1));
    const lowest = Math.min(...sums, 0);
    const low = lowest < 0 ? -roundTop(-lowest) : 0;
    const marks = Math.max(...[top, low].map((level) => write(level).length));
    const left = text * (marks * 0.62 + 0.8);
    const box = { left, right: width - text * 0.6, top: text * 0.7, bottom: height - text * 1.7 };
    const x = (hour) => box.left + ((hour - first) / (last - first)) * (box.right - box.left);
    const y = (count) => box.bottom - ((count - low) / (top - low)) * (box.bottom - box.top);
    const path = (points) => points.map(([hour, sum]) => `${x(hour).toFixed(1)},${y(sum).toFixed(1)}`);
    this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.element.style.setProperty("--text", `${text}px`);
    this.element.replaceChildren(
      ...levels(low, top, box, y, write, text),
      ...hourMarks(first, last, x, box, text),
      svg("line", { class: "now", x1: x(now), x2: x(now), y1: box.top, y2: box.bottom }),
      svg("polyline", { class: "before", points: path(past).join(" ") }),
      svg("polyline", { class: "today", points: path(line).join(" ") }),
      svg("circle", { class: "tip", cx: x(now), cy: y(value), r: text * 0.42 }),
    );
  }
}

/** The lines of the axis; one below nothing where more was taken back than came in. */
function levels(low, top, box, y, write, text) {
  const steps = [2, 3, 5].find((count) => top % count === 0) ?? 1;
  const above = [...Array(steps + 1).keys()].map((step) => (top * step) / steps);
  return [...(low < 0 ? [low] : []), ...above].flatMap((level) => {
    const line = svg("line", { class: "level", x1: box.left, x2: box.right, y1: y(level), y2: y(level) });
    const label = svg("text", { class: "axis", x: box.left - text * 0.5, y: y(level) + text * 0.35 });
    label.setAttribute("text-anchor", "end");
    label.textContent = write(level);
    return [line, label];
  });
}

function hourMarks(first, last, x, box, text) {
  const every = last - first > 12 ? 3 : 2;
  const hours = [...Array(last - first + 1).keys()].map((step) => first + step);
  return hours
    .filter((hour) => hour % every === 0)
    .map((hour) => {
      const label = svg("text", { class: "axis", x: x(hour), y: box.bottom + text * 1.35 });
      label.setAttribute("text-anchor", "middle");
      label.textContent = String(hour);
      return label;
    });
}
