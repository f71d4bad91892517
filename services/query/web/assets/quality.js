// What does not fit: facts in doubt, things to check, refused events, and which feeds there are.

import { el, renew } from "./dom.js";
import { read } from "./service.js";

const AGAIN_MS = 15_000;

/** The card on the home page; only for who may look over everything. */
export class Quality {
  constructor(desk, section) {
    Object.assign(this, { desk, section });
  }

  /** Read now and again; without the right the card is not there. */
  start() {
    const { kind, grants } = this.desk.me;
    const mayLook = kind === "machine" || grants.includes("view_all") || grants.includes("administer");
    if (mayLook) {
      this.learn();
      setInterval(() => document.hidden || this.learn(), AGAIN_MS);
    }
  }

  async learn() {
    const found = await read("/v1/quality").catch((error) => this.desk.failed(error));
    if (found) {
      this.draw(found);
    }
  }

  draw({ in_doubt: doubt, to_check: check, refused, feeds, sources, locked }) {
    const { desk, section } = this;
    const { say, numbers } = desk;
    const heard = sources.map(({ source, last_at: at }) => [source, desk.days.instant(at), desk.days.ago(at, desk.clock.now())]);
    const signature = JSON.stringify([doubt, check, refused, feeds, heard, locked, desk.link.at()]);
    if (signature === this.written) {
      return;
    }
    this.written = signature;
    const whole = (count) => (count === null ? say("reading") : numbers.whole.format(count));
    const atDoor = refused.at_door === null ? null : refused.at_door + refused.in_fold;
    renew(
      section,
      el("h2", {}, say("quality")),
      el("div", { class: "columns three" },
        this.list(say("in_doubt"), say("in_doubt_why"), whole(doubt.total), doubt.rows.map((row) => this.row(say(`doubt_${row.code}`), row.count, row.facts))),
        this.list(say("to_check"), say("to_check_why"), whole(check.total), check.rows.map((row) => this.row(`${say(`check_${row.code}`)} ${row.name ?? row.of ?? ""}`, row.count, row.facts))),
        this.list(say("refused"), say("refused_why"), whole(atDoor), refused.rows.map((row) => this.row(`${row.code} (${say(`where_${row.where}`)})`, row.count, null)))),
      this.line(say("sources_heard"), heard.length
        ? el("ul", { class: "feeds", id: "sources" }, heard.map(([source, at, ago]) =>
          el("li", { "data-source": source }, el("b", {}, source), " ", el("small", { title: at }, say("last_event", { ago })))))
        : el("p", { class: "note" }, say("no_source_yet"))),
      this.line(say("feeds"), el("ul", { class: "feeds" }, feeds.map(({ feed, seen, module, available }) =>
        el("li", { "data-available": String(available) }, el("span", { class: "sign", "aria-hidden": "true" }, available ? "●" : "○"), ` ${say(`feed_${feed}`)} `,
          el("small", {}, say(module === "off" ? "feed_off" : seen ? "feed_seen" : "feed_never")))))),
    );
    section.hidden = false;
  }

  line(title, inside) {
    return el("div", { class: "feedline" }, el("h3", {}, title), inside);
  }

  list(title, why, total, rows) {
    return el("div", { class: "card plain" },
      el("h3", {}, title, " ", el("b", {}, total)), el("p", { class: "note" }, why),
      rows.length ? el("ul", { class: "checks" }, rows) : el("p", { class: "fine" }, this.desk.say("nothing_wrong")));
  }

  row(words, count, facts) {
    const number = el(facts ? "a" : "span", { class: "number" }, this.desk.numbers.whole.format(count));
    if (facts) {
      this.desk.link.dress(number, facts);
    }
    return el("li", {}, el("span", {}, words), number);
  }
}
