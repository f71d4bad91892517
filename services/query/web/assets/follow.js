// A report that is followed: one stream, the document it tells, and how fresh that is.

import { Feed } from "./feed.js";

const HIDDEN_MS = 60_000;
const HEAD = new Set(["rows", "gone", "order", "version", "as_of"]);

/** Apply what a stream tells to the document there was.
 *
 * Shape: (document, name of the event, data, member that names rows) -> document, the same one
 *        where nothing in it is another.
 * Laws:  as services/query/stream/difference.py says it: rows by id, `order` last.
 */
export function applied(document, name, data, idOf) {
  if (name === "snapshot") {
    return data;
  }
  if (name !== "change" || !document) {
    return document;
  }
  const gone = new Set(data.gone ?? []);
  const rows = new Map(document.rows.filter((row) => !gone.has(row[idOf])).map((row) => [row[idOf], row]));
  (data.rows ?? []).forEach((row) => rows.set(row[idOf], row));
  const next = { ...document, version: data.version, as_of: data.as_of };
  for (const [member, value] of Object.entries(data)) {
    if (!HEAD.has(member)) {
      next[member] = value;
    }
  }
  next.rows = (data.order ?? [...rows.keys()]).map((id) => rows.get(id));
  return next;
}

/** One report of a stream: the document as it stands, and how fresh it is. */
export class View {
  constructor({ idOf = "id", changed }) {
    Object.assign(this, { idOf, changed });
    this.heardAt = 0;
    this.lastFigure = 0;
    this.document = null;
    this.begin();
  }

  begin() {
    this.startedAt = Date.now();
    this.beat = null;
  }

  take(name, data) {
    this.heardAt = Date.now();
    if (data.state) {
      this.beat = { state: data.state, lag: data.lag, reason: data.reason };
    }
    if (data.as_of) {
      this.lastFigure = Date.parse(data.as_of);
    }
    const before = this.document;
    this.document = applied(before, name, data, this.idOf);
    if (this.document !== before) {
      this.changed(this.document);
    }
  }

  get address() {
    return this.stream.address;
  }

  close() {
    this.stream.close();
  }
}

/** Follows one question after another; a tab that nobody sees for a minute leaves its place.
 *
 * Shape: `views` are those of the stream by name; a stream of one report has one, named ''; who
 *        asked for open alerts hears `alerts`.
 * Laws:  browsers allow six connections to one origin for all tabs together, so a page has one
 *        for all that it shows, and none for nobody.
 */
export class Following {
  constructor(views, { denied, refused, alerts }) {
    Object.assign(this, { denied, refused, alerts });
    this.views = new Map(Object.entries(views));
    this.views.forEach((view) => {
      view.stream = this;
    });
    this.address = "";
    this.feed = new Feed(() => this.address, {
      heard: (name, data, view) => this.hear(name, data, view),
      lost: (refusal) => this.mayGoOn(refusal),
      denied: () => this.denied(this.address),
    }, [...this.views.keys()]);
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
  }

  /** Follow what is at an address; what was followed before is forgotten. */
  open(address) {
    if (address === this.address) {
      return;
    }
    this.address = address;
    this.views.forEach((view) => view.begin());
    this.feed.open();
  }

  hear(name, data, view) {
    if (name === "alerts") {
      this.alerts?.(data);
    } else {
      this.views.get(view).take(name, data);
    }
  }

  /** A question that is answered with a problem (404, 422) is not asked again. */
  mayGoOn({ status, problem }) {
    if (status >= 400 && status < 429 && status !== 401) {
      this.refused?.(problem);
      return new Promise(() => {}); // until another question is asked
    }
    return true;
  }

  close() {
    this.feed.close();
    this.address = "";
    this.views.forEach((view) => {
      view.begin();
      view.document = null;
    });
  }

  seen(isSeen) {
    clearTimeout(this.leaving);
    if (!isSeen) {
      this.leaving = setTimeout(() => {
        this.hasLeft = Boolean(this.address);
        this.feed.close();
      }, HIDDEN_MS);
    } else if (this.hasLeft) {
      this.hasLeft = false;
      this.feed.open();
    }
  }
}

/** A stream of one report. */
export class Followed extends View {
  constructor({ idOf, changed, denied, refused }) {
    super({ idOf, changed });
    this.stream = new Following({ "": this }, { denied, refused });
  }

  open(address) {
    this.stream.open(address);
  }
}
