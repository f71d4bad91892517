// Small documents that are no part of the stream: read when what they depend on changed, and now
// and then. Everything that is followed live comes by the stream; what a document holds is a list,
// a target or a figure of a longer period, which the stream does not carry (docs/boards.md).

const LEAST_MS = 5000;
const JITTER_MS = 1000;

/** One document, kept fresh.
 *
 * Laws: never two requests at a time, never within five seconds of the one before; what fails is
 *       asked for again at the next turn, and what was read stays until then.
 */
export class Polled {
  constructor(read, took, { everyMs = 60_000, leastMs = LEAST_MS, random = Math.random } = {}) {
    Object.assign(this, { read, took, everyMs, leastMs, random });
    this.readAt = -Infinity;
    this.timer = null;
    this.busy = false;
    this.over = false;
  }

  /** Read soon: at once if the last time is long enough ago. */
  soon() {
    if (this.busy || this.over) {
      this.again = this.busy;
      return;
    }
    const wait = Math.max(0, this.readAt + this.leastMs - performance.now());
    this.plan(wait && wait + this.random() * JITTER_MS);
  }

  plan(wait) {
    const at = performance.now() + wait;
    if (this.timer && this.dueAt <= at) {
      return;
    }
    clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => this.turn(), wait);
  }

  async turn() {
    this.timer = null;
    this.busy = true;
    this.again = false;
    this.readAt = performance.now();
    try {
      const document = await this.read();
      if (!this.over) {
        this.took(document);
      }
    } catch (error) {
      this.failed?.(error);
    } finally {
      this.busy = false;
      if (!this.over) {
        this.plan(this.again ? this.leastMs : this.everyMs + this.random() * JITTER_MS);
      }
    }
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
  }
}
