// A number that counts to its new value, once, unless the viewer asked for less motion. What moves all
// the time moves without a show: sixty numbers that count four times a second keep a machine busy.

const COUNT_MS = 300;
const BUSY_MS = 1000;
const PULSE_MS = 700;
const PULSE_PAUSE_MS = 2000;

export function calm() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
}

/** Count from the shown value to a new one; `draw` is called with each value on the way, `busy` is told
 *  whether it moves all the time. */
export class Counter {
  constructor(draw, busy) {
    this.draw = draw;
    this.busy = busy;
    this.shown = null;
    this.frame = 0;
    this.toldAt = -Infinity;
  }

  to(value) {
    cancelAnimationFrame(this.frame);
    const from = this.shown;
    const began = performance.now();
    const isBusy = began - this.toldAt < BUSY_MS;
    this.toldAt = began;
    this.busy(isBusy);
    if (from === null || value === null || isBusy || calm()) {
      this.show(value);
      return;
    }
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - began) / COUNT_MS));
      const eased = 1 - (1 - part) ** 3;
      this.show(part === 1 ? value : Math.round(from + (value - from) * eased));
      if (part < 1) {
        this.frame = requestAnimationFrame(step);
      }
    };
    this.frame = requestAnimationFrame(step);
  }

  show(value) {
    this.shown = value;
    this.draw(value);
  }
}

/** One soft pulse of a tile that stood for two seconds, so that a busy board stays quiet. */
export function pulse(element) {
  const now = performance.now();
  const stood = now - (element.movedAt ?? -Infinity);
  element.movedAt = now;
  if (calm() || stood < PULSE_PAUSE_MS) {
    return;
  }
  const style = getComputedStyle(element);
  const soft = style.getPropertyValue("--accent-soft");
  element.animate([{ backgroundColor: soft }, { backgroundColor: style.backgroundColor }], {
    duration: PULSE_MS,
    easing: "ease-out",
  });
}
