// The page of a report: what it is about in one line, the report as it changes, its files.

import { el, put } from "./dom.js";
import { Followed } from "./follow.js";
import { readTerms } from "./listtitle.js";
import { Panel } from "./panel.js";
import { scopeOf } from "./scope.js";
import { Sentence } from "./sentence.js";

/** One page.
 *
 * Shape: `kind` is {name, idOf, subject, question(page) -> {parameter: value}, sentence(page) ->
 *        [template, words], body(page) -> {element, update(document)}, hasCsv}.
 */
export class ReportPage {
  constructor(desk, kind) {
    Object.assign(this, { desk, kind });
    const { say } = desk;
    this.sentence = new Sentence();
    this.files = el("span", { class: "files" });
    this.printed = el("p", { class: "printed" });
    this.notice = el("p", { class: "notice", role: "alert", hidden: true });
    this.loading = el("p", { class: "loading" }, say("loading"));
    const print = el("button", { type: "button", class: "tool", onclick: () => window.print() }, say("print"));
    this.head = el(
      "header",
      { class: "reporthead" },
      el("h1", {}, say(`title_${kind.name}`)),
      this.sentence.element,
      el("div", { class: "actions" }, this.files, print),
    );
    this.followed = desk.watch(new Followed({
      idOf: kind.idOf,
      changed: (document) => this.draw(document),
      denied: () => this.lose(say("right_lost")),
      refused: (problem) => this.say(problem?.detail ?? say("list_failed")),
    }));
  }

  async start() {
    const { desk } = this;
    await readTerms(desk);
    this.panel = new Panel(desk);
    this.body = this.kind.body(this);
    this.body.element.hidden = true;
    desk.main.replaceChildren(this.head, this.notice, this.loading, this.body.element, this.printed);
    desk.moved = () => this.moved();
    this.moved();
  }

  get scope() {
    return scopeOf(this.desk, this.open);
  }

  get open() {
    return this.desk.me[this.kind.subject];
  }

  /** Return the parameters of the API. */
  get parameters() {
    const given = Object.entries(this.kind.question(this)).filter(([, value]) => value !== "" && value !== undefined);
    return new URLSearchParams(given);
  }

  moved() {
    const { desk, kind } = this;
    document.title = `${desk.say(`title_${kind.name}`)} · ${desk.company.name || desk.company.tenant}`;
    this.sentence.show(...kind.sentence(this));
    const question = `/v1/reports/${kind.name}/stream?${this.parameters}`;
    if (question !== this.followed.address) {
      desk.isRefused = false;
      this.notice.hidden = true;
      this.followed.open(question);
      this.drawFiles();
    }
    if (this.followed.document && !desk.isRefused && this.followed.document === this.drawn) {
      this.body.update(this.drawn);
    }
    this.panel.follow();
  }

  draw(document) {
    this.drawn = document;
    this.loading.hidden = true;
    this.notice.hidden = true;
    this.body.element.hidden = false;
    this.body.update(document);
    const { desk } = this;
    put(this.printed, desk.say("printed", {
      company: desk.company.name || desk.company.tenant,
      time: desk.days.instant(document.as_of),
      version: document.version,
    }));
  }

  /** Say why there is no report, and show none. */
  say(why) {
    this.loading.hidden = true;
    this.body.element.hidden = true;
    this.notice.textContent = why;
    this.notice.hidden = false;
  }

  /** What was shown must not stay: the right to it is not there any more. */
  lose(why) {
    this.desk.isRefused = true;
    this.drawn = null;
    this.followed.document = null;
    this.body = this.kind.body(this);
    this.desk.main.replaceChildren(this.head, this.notice, this.loading, this.body.element, this.printed);
    this.panel.hide();
    this.say(why);
    this.desk.tick();
  }

  drawFiles() {
    const { desk, kind } = this;
    const query = new URLSearchParams(this.parameters);
    query.set("lang", desk.language);
    const link = (ending) =>
      el("a", { class: "file", download: true, href: `/v1/reports/${kind.name}.${ending}?${query}`, title: desk.say(`file_${ending}`) }, ending.toUpperCase());
    this.files.replaceChildren(...(kind.hasCsv ? [link("csv")] : []), link("xlsx"));
  }
}
