// What keeps a board alive for months without a person: it moves a little so that nothing burns
// into the glass, takes up a new version of its own files, and begins afresh at night.

const SHIFT_MS = 4 * 60_000;
const LOOK_MS = 5 * 60_000;
const NIGHT_HOUR = 4;
const QUIET_MS = 60_000;
const YOUNG_MS = 2 * 3_600_000;
const FOLDER = import.meta.url.replace(/\/assets\/.*/, "/assets/");
const PLACES = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];

/** Where the picture stands at the n-th turn: [across, down] in steps, back at 0 in the end. */
export function placeAt(turn) {
  return PLACES[turn % PLACES.length];
}

/** Say whether a board begins afresh now.
 *
 * Laws: at night, where nothing was heard to happen for a minute, not twice in one night; a page
 *       that was opened less than two hours ago does not need it.
 */
export function isTimeToReload({ hour, openedMs, happenedMs, nowMs }) {
  const old = nowMs - openedMs > YOUNG_MS;
  return hour === NIGHT_HOUR && old && nowMs - happenedMs > QUIET_MS;
}

/** The version of the files this very page was made of, as its address says. */
export function ownVersion(address = import.meta.url) {
  return address.match(/\/assets\/([0-9a-f]{16})\//)?.[1] ?? "";
}

/** Keep a board.
 *
 * Shape: `root` is what moves; `hour()` is the hour of the company's clock; `reload` begins again.
 */
export class Keeper {
  constructor(root, { hour, reload = () => window.location.reload(), version = ownVersion() }) {
    Object.assign(this, { root, hour, reload, version });
    this.openedMs = Date.now();
    this.happenedMs = Date.now();
    this.turn = 0;
  }

  start() {
    setInterval(() => this.shift(), SHIFT_MS);
    setInterval(() => this.look(), LOOK_MS);
    setInterval(() => this.night(), QUIET_MS);
  }

  /** Note that a figure moved: a reload waits for a quiet minute. */
  happened() {
    this.happenedMs = Date.now();
  }

  shift() {
    this.turn += 1;
    const [across, down] = placeAt(this.turn);
    this.root.style.setProperty("--shift-x", across);
    this.root.style.setProperty("--shift-y", down);
  }

  /** Begin again if the service has other files than this page was made of. */
  async look() {
    try {
      const answer = await fetch(`${FOLDER}version`, { cache: "no-store" });
      const { version } = await answer.json();
      if (answer.ok && this.version && version && version !== this.version) {
        this.reload();
      }
    } catch {
      // the service is away: the stream says so, and asks again when it is back
    }
  }

  night() {
    const { openedMs, happenedMs } = this;
    if (isTimeToReload({ hour: this.hour(), openedMs, happenedMs, nowMs: Date.now() })) {
      this.openedMs = Date.now();
      this.reload();
    }
  }
}
