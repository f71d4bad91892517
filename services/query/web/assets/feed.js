// The live stream of one scope: one EventSource, rebuilt by itself when it falls silent.

import { SILENCE_MS } from "./state.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
const FORBIDDEN = 403;
const EVENTS = ["snapshot", "change", "occurrence", "heartbeat", "reset", "boards"];

/** How long to wait before attempt n (0, 1, ..): doubling, at most 20 s, half of it by chance. */
export function waitBefore(attempt, random = Math.random) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return full / 2 + (random() * full) / 2;
}

/** Say how the service answers; an EventSource does not tell why it failed.
 *
 * Shape: {status, problem}: 0 for no answer; the problem document where it is one.
 */
async function refusalOf(address) {
  const cut = new AbortController();
  const patience = setTimeout(() => cut.abort(), SILENCE_MS);
  try {
    const answer = await fetch(address, { signal: cut.signal, cache: "no-store" });
    return { status: answer.status, problem: answer.ok ? null : await answer.json() };
  } catch {
    return { status: 0, problem: null };
  } finally {
    clearTimeout(patience);
    cut.abort();
  }
}

/** Follow a stream.
 *
 * Shape: `views` are the names of those that the stream has; one without a name by default.
 * Laws:  whatever happens to the connection, somebody tries again: EventSource itself after a
 *        cut, the watchdog after ten seconds of silence or a refusal. `heard` is called for every
 *        event, so silence can be told apart from calm. But who is `denied` is left alone. Open
 *        alerts are of the page, not of a view.
 */
export class Feed {
  constructor(address, { heard, lost, denied }, views = [""]) {
    this.address = address;
    this.views = views;
    this.heard = heard;
    this.lost = lost;
    this.denied = denied;
    this.attempt = 0;
    this.source = null;
    this.timer = null;
  }

  open() {
    this.close();
    this.lastHeard = Date.now();
    this.source = new EventSource(this.address());
    for (const view of this.views) {
      for (const name of EVENTS) {
        const told = view ? `${view}.${name}` : name;
        this.source.addEventListener(told, (event) => this.receive(name, event, view));
      }
    }
    this.source.addEventListener("alerts", (event) => this.receive("alerts", event, ""));
    this.source.addEventListener("denied", () => {
      this.close();
      this.denied();
    });
    this.source.addEventListener("error", () => {
      if (this.source?.readyState === EventSource.CLOSED) {
        this.reopen();
      }
    });
    this.timer = setInterval(() => this.watch(), 1000);
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  receive(name, event, view) {
    this.lastHeard = Date.now();
    this.attempt = 0;
    this.heard(name, event.data ? JSON.parse(event.data) : {}, view);
  }

  watch() {
    if (Date.now() - this.lastHeard > SILENCE_MS) {
      this.reopen();
    }
  }

  reopen() {
    this.close();
    this.timer = setTimeout(async () => {
      const refusal = await refusalOf(this.address());
      if (refusal.status === FORBIDDEN) {
        this.denied();
      } else if (await this.lost(refusal)) {
        this.open();
      } else {
        this.reopen();
      }
    }, waitBefore(this.attempt));
    this.attempt += 1;
  }
}
