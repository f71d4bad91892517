// The supervisor's page: who is on the telephone now, what came of today's customers, whom to call next.

import { AlertLine } from "./alerts.js";
import { el, put } from "./dom.js";
import { Desk } from "./desk.js";
import { FloorTable } from "./floortable.js";
import { Following, View } from "./follow.js";
import { readTerms } from "./listtitle.js";
import { Panel } from "./panel.js";
import { hasParts, scopeOf } from "./scope.js";
import { readCatalogue, write } from "./service.js";
import { Sentence } from "./sentence.js";
import { telesalesQuestion, telesalesWords } from "./telesalesreport.js";
import { alertSpeaker } from "./words_alerts.js";

/** The page: calls by agent and customers by owner, two questions followed in one stream. */
class SupervisorPage {
  constructor(desk) {
    this.desk = desk;
    const { say, place } = desk;
    this.sentence = new Sentence();
    this.search = el("input", {
      type: "search", class: "search", "data-search": true, placeholder: say("search_people"),
      "aria-label": say("search_people"), value: place.get("q"),
      oninput: (event) => place.set({ q: event.target.value }, { replace: true }),
    });
    this.tiles = el("div", { class: "tiles" });
    this.table = new FloorTable(desk);
    this.notice = el("p", { class: "notice", role: "alert", hidden: true });
    this.center = el("section", { class: "card floor" }, this.table.element);
    const denied = () => this.lose();
    const refused = (problem) => this.say(problem?.detail ?? say("list_failed"));
    const changed = () => this.draw();
    this.calls = desk.watch(new View({ changed }));
    this.telesales = desk.watch(new View({ changed }));
    const { calls, telesales } = this;
    this.alertLine = el("section", { class: "alerts", hidden: true });
    const alerts = (open) => this.alerts.take(open);
    this.following = new Following({ calls, telesales }, { denied, refused, alerts });
  }

  get open() {
    return this.desk.me.telesales;
  }

  get scope() {
    return scopeOf(this.desk, this.open);
  }

  async start() {
    const { desk } = this;
    await readTerms(desk);
    this.panel = new Panel(desk);
    this.alerts = await this.openAlerts();
    document.title = `${desk.say("supervisor")} · ${desk.company.name || desk.company.tenant}`;
    desk.main.classList.add("supervisor");
    desk.main.replaceChildren(
      el("aside", { class: "filters" }, el("h1", {}, desk.say("supervisor")), this.sentence.element, this.search,
        el("p", { class: "note" }, desk.say("supervisor_note"))),
      el("div", { class: "center" }, this.notice, this.alertLine, this.tiles, this.center),
    );
    desk.moved = () => this.moved();
    desk.ticked = () => this.table.tick();
    this.moved();
  }

  async openAlerts() {
    const { desk } = this;
    const say = alertSpeaker(desk.language);
    const nameOf = ({ scope, id }) =>
      ({ employee: desk.person, department: desk.department, company: () => say("company") })[scope].call(desk, id);
    const known = { say, numbers: desk.numbers, clock: desk.clock, nameOf };
    const take = ({ id, occurrence }) =>
      write("POST", `/v1/alerts/${encodeURIComponent(id)}/acknowledge`, { occurrence });
    return new AlertLine(this.alertLine, { ...known, catalogue: await readCatalogue(desk.language) }, { take });
  }

  moved() {
    const { desk, scope } = this;
    const words = telesalesWords(this);
    this.sentence.show(desk.say("sentence_supervisor"), words);
    const department = scope.employee ? this.departmentOf(scope.employee) : scope.department === "all" ? "" : scope.department;
    const isWhole = department && !scope.employee && scope.sub && hasParts(desk.org, department);
    const ofCalls = { calls_department: department, calls_sub: isWhole ? "true" : "" };
    const asked = Object.entries({ ...telesalesQuestion(this), ...ofCalls }).filter(([, value]) => value);
    const question = new URLSearchParams(asked).toString();
    if (question !== this.question) {
      this.question = question;
      desk.isRefused = false;
      this.notice.hidden = true;
      this.center.hidden = false;
      this.alerts.clear();
      this.following.open(`/v1/reports/supervisor/stream?${question}${question ? "&" : ""}alerts=true`);
    }
    this.draw();
    this.panel.follow();
  }

  departmentOf(employee) {
    return this.desk.org.employees.find(({ id }) => id === employee)?.department_id ?? "";
  }

  draw() {
    const { desk, scope } = this;
    const [calls, telesales] = [this.calls.document, this.telesales.document];
    if (!calls || !telesales || desk.isRefused) {
      return;
    }
    this.table.update({ calls, telesales, only: scope.employee, text: desk.place.get("q") });
    this.drawTiles(calls, telesales);
  }

  drawTiles(calls, telesales) {
    const { desk } = this;
    const cellOf = ({ columns, total }, name) => total.cells[columns.findIndex((column) => column.name === name)];
    const tiles = [
      ["not_called", cellOf(telesales, "not_called")],
      ["calls_running", cellOf(calls, "calls_running")],
      ["calls_attempted", cellOf(calls, "calls_attempted")],
      ["customers_never_reached", cellOf(calls, "customers_never_reached")],
      ["calls_inbound_missed", cellOf(calls, "calls_inbound_missed")],
    ];
    if (!this.tiles.children.length) {
      this.tiles.replaceChildren(...tiles.map(([name]) =>
        el("div", { class: `tilefigure ${name}`, "data-tile": name }, el("span", { class: "label" }, desk.say(`tile_${name}`)), el("b", { class: "big" }, el("a")))));
    }
    tiles.forEach(([name, cell]) => {
      const anchor = this.tiles.querySelector(`[data-tile="${name}"] a`);
      anchor.parentElement.dataset.value = JSON.stringify(cell.value);
      anchor.parentElement.dataset.total = `tile_${name}`;
      put(anchor, desk.numbers.whole.format(cell.value ?? 0));
      if (cell.facts) {
        desk.link.dress(anchor, cell.facts);
      }
    });
  }

  say(why) {
    this.center.hidden = true;
    this.tiles.replaceChildren();
    put(this.notice, why);
    this.notice.hidden = false;
  }

  /** What was shown must not stay: the right to it is not there any more. */
  lose() {
    const { desk } = this;
    desk.isRefused = true;
    this.following.close();
    this.question = "";
    this.table = new FloorTable(desk);
    this.center.replaceChildren(this.table.element);
    this.panel.hide();
    this.alerts.clear();
    this.say(desk.say("right_lost"));
    desk.tick();
  }
}

const desk = new Desk("supervisor");
await desk.enter();
await new SupervisorPage(desk).start();
