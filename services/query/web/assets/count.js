// A number that counts to its new value, once, unless the viewer asked for less motion.

const COUNT_MS = 300;
const PULSE_MS = 700;
const PULSE_PAUSE_MS = 2000;

export function calm() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
}

/** Count from the shown value to a new one; `draw` is called with each value on the way. */
export class Counter {
  constructor(draw) {
    this.draw = draw;
    this.shown = null;
    this.frame = 0;
  }

  to(value) {
    cancelAnimationFrame(this.frame);
    const from = this.shown;
    if (from === null || value === null || calm()) {
      this.show(value);
      return;
    }
    const began = performance.now();
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

/** One soft pulse of a tile; not again within two seconds, so that a busy board stays quiet. */
export function pulse(element) {
  const now = performance.now();
  if (calm() || now - (element.pulsedAt ?? -Infinity) < PULSE_PAUSE_MS) {
    return;
  }
  element.pulsedAt = now;
  const style = getComputedStyle(element);
  const soft = style.getPropertyValue("--accent-soft");
  element.animate([{ backgroundColor: soft }, { backgroundColor: style.backgroundColor }], {
    duration: PULSE_MS,
    easing: "ease-out",
  });
}
