// The live stream of one scope: one EventSource, rebuilt by itself when it falls silent.

import { SILENCE_MS } from "./state.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
const FORBIDDEN = 403;
const EVENTS = ["snapshot", "change", "occurrence", "heartbeat", "reset"];

/** How long to wait before attempt n (0, 1, ..): doubling, at most 20 s, half of it by chance. */
export function waitBefore(attempt, random = Math.random) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return full / 2 + (random() * full) / 2;
}

/** Say whether the right to follow is refused; an EventSource does not tell why it failed. */
async function isForbidden(address) {
  const cut = new AbortController();
  const patience = setTimeout(() => cut.abort(), SILENCE_MS);
  try {
    return (await fetch(address, { signal: cut.signal })).status === FORBIDDEN;
  } catch {
    return false;
  } finally {
    clearTimeout(patience);
    cut.abort();
  }
}

/** Follow `/v1/stream`.
 *
 * Laws: whatever happens to the connection, somebody tries again: EventSource itself after a
 *       cut, the watchdog after ten seconds of silence or a refusal. `heard` is called for every
 *       event, so silence can be told apart from calm. But who is `denied` is left alone.
 */
export class Feed {
  constructor(address, { heard, lost, denied }) {
    this.address = address;
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
    for (const name of EVENTS) {
      this.source.addEventListener(name, (event) => this.receive(name, event));
    }
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

  receive(name, event) {
    this.lastHeard = Date.now();
    this.attempt = 0;
    this.heard(name, event.data ? JSON.parse(event.data) : {});
  }

  watch() {
    if (Date.now() - this.lastHeard > SILENCE_MS) {
      this.reopen();
    }
  }

  reopen() {
    this.close();
    this.timer = setTimeout(async () => {
      if (await isForbidden(this.address())) {
        this.denied();
      } else if (await this.lost()) {
        this.open();
      } else {
        this.reopen();
      }
    }, waitBefore(this.attempt));
    this.attempt += 1;
  }
}
