// The trend of the day against the same day a week ago. The hours are a small document (they come
// from the list behind the figure); the tip of the line is live.

import { LineChart } from "./line_chart.js";
import { Piece, setText } from "./piece.js";
import { make } from "./make.js";

/** The tile of a day's course. */
export class TrendPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.chart = new LineChart(this.head.textContent);
    this.line = make("p", "foot");
    this.body.append(this.chart.element, this.line);
    this.size = { width: 0, height: 0 };
    this.watch = new ResizeObserver(([entry]) => {
      this.size = { width: entry.contentRect.width, height: entry.contentRect.height };
      this.update();
    });
    this.watch.observe(this.chart.element);
    if (this.kpi) {
      this.poll(() => wall.readHours(this), (found) => this.learn(found), { leastMs: 30_000 }).soon();
    }
  }

  learn({ days: [today, before] }) {
    this.today = today;
    this.before = before;
    this.element.toggleAttribute("data-unread", false);
    this.update();
  }

  update() {
    if (!this.kpi) {
      setText(this.line, this.say("no_kpi", { name: this.spec.metric ?? "" }));
      return;
    }
    const { clock, numbers } = this.wall;
    if (!this.today) {
      return;
    }
    const counted = this.today.hours.reduce((sum, count) => sum + (count ?? 0), 0);
    const value = this.live() ?? counted;
    const now = Math.max(clock.hourOfDay(), 0.05);
    const minute = Math.floor(now * 60);
    const drawn = `${value} ${minute} ${this.size.width} ${this.size.height} ${counted}`;
    if (drawn === this.drawn) {
      return;
    }
    this.drawn = drawn;
    this.element.dataset.value = value;
    const write = (count) => numbers.text(count, this.kpi.unit);
    const { today, before } = this;
    this.chart.draw({ today: today.hours, before: before.hours, now, value, size: this.size, write });
    const day = clock.weekday(before.day);
    const past = upTo(before.hours, now);
    setText(this.line, this.say("so_far", { value: write(value), before: write(past), day }));
  }

  close() {
    super.close();
    this.watch.disconnect();
  }
}

/** How much there was up to an hour with its part of minutes. */
export function upTo(hours, now) {
  const whole = hours.slice(0, Math.floor(now)).reduce((sum, count) => sum + count, 0);
  return Math.round(whole + (hours[Math.floor(now)] ?? 0) * (now % 1));
}
