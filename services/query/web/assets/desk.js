// The shell of every page at a desk: session, organisation, language, state sign, keyboard.

import { dress, readAddress } from "./address.js";
import { Clock } from "./clock.js";
import { Days } from "./days.js";
import { deskSpeaker } from "./deskwords.js";
import { el } from "./dom.js";
import { waitBefore } from "./feed.js";
import { ListLink } from "./listlink.js";
import { Masthead } from "./masthead.js";
import { Numbers } from "./numbers.js";
import { Place } from "./place.js";
import { presets } from "./ranges.js";
import { Refused, insist, login, read } from "./service.js";
import { offerSignIn, signInWord } from "./sign_in.js";
import { describe, judge, showState } from "./state.js";
import { Writer } from "./written.js";

const ORG_MS = 60_000;
const WORST_FIRST = [
  "no_right", "not_available", "stale", "recovering", "catching_up", "connecting", "no_data", "live",
];

/** What every page at a desk has; `page` is its name in the navigation. */
export class Desk {
  constructor(page) {
    this.page = page;
    this.asked = readAddress(window.location, window.history, window.sessionStorage);
    this.language = this.asked.language;
    dress(document.documentElement, { language: this.language, theme: this.asked.theme ?? "light" });
    this.place = new Place(() => this.moved());
    this.say = deskSpeaker(this.language);
    this.link = new ListLink(this.place);
    this.clock = new Clock(this.language, undefined);
    this.numbers = new Numbers(this.language, "VND", this.say);
    this.org = { departments: [], employees: [] };
    this.followed = [];
    this.isRefused = false;
    this.moved = () => {};
    this.masthead = new Masthead(this);
    this.spoken = el("span", { class: "heard-only", role: "status", "aria-live": "polite", id: "spoken" });
    this.main = document.getElementById("main");
    document.body.prepend(this.masthead.skip, this.masthead.element, this.spoken);
  }

  /** Open the session and learn the company; returns when there is something to ask for. */
  async enter() {
    setInterval(() => this.tick(), 500);
    this.tick();
    await insist(() => this.learn(), (error) => this.failed(error), waitBefore);
    setInterval(() => this.learnPeople().catch((error) => this.failed(error)), ORG_MS);
  }

  async learn() {
    if (this.asked.key) {
      await login(this.asked.key);
      this.asked.key = "";
    }
    this.company = await read("/v1/tenant");
    [this.me] = await Promise.all([read("/v1/me"), this.learnPeople()]);
    this.clock = new Clock(this.language, this.company.time_zone);
    this.days = new Days(this.language, this.company.time_zone);
    this.numbers = new Numbers(this.language, this.company.currency, this.say);
    this.writer = new Writer(this);
    this.isRefused = false;
    this.askForm?.remove();
    this.main.hidden = false;
    this.masthead.know(this);
  }

  async learnPeople() {
    this.org = await read("/v1/org");
    this.names = new Map(this.org.employees.map(({ id, name }) => [id, name]));
    this.places = new Map(this.org.departments.map(({ id, name }) => [id, name]));
  }

  get today() {
    return this.days.dayOf(new Date(this.clock.now()).toISOString());
  }

  /** Return the last ninety days: what is asked for where a range is required. */
  last90() {
    return presets(this.today, 1).last_90;
  }

  person(id) {
    return id ? (this.names.get(id) ?? id) : this.say("nobody");
  }

  /** Return the name of the person of a row; '-' is what belongs to nobody. */
  rowName({ id, name, former }) {
    if (former) {
      return this.say("former", { number: former });
    }
    return id === "-" ? this.say("nobody") : name || id;
  }

  department(id) {
    return id ? (this.places.get(id) ?? id) : this.say("no_place");
  }

  /** Let the state sign tell of a report that is followed. */
  watch(followed) {
    this.followed.push(followed);
    return followed;
  }

  failed(error) {
    if (error instanceof Refused) {
      this.lose(error.hasSession, error.hasSession ? "wrong_key" : "give_key");
    }
  }

  /** The right to look is not there, or was lost: nothing is shown any more but whom to ask. */
  lose(isRefused, why = "right_lost") {
    this.isRefused = isRefused;
    this.main.hidden = true;
    this.main.replaceChildren();
    this.followed.forEach((one) => one.close?.());
    this.closePanel?.();
    this.ask(why);
    this.tick();
  }

  /** Ask for a key; while it is asked for already, only say why: somebody may be typing it. */
  ask(why) {
    const said = this.say(signInWord(window.location.search) || why);
    if (this.askForm?.isConnected) {
      this.askWhy.textContent = said;
      return;
    }
    const key = el("input", {
      id: "ask-key", type: "password", autocomplete: "off", spellcheck: "false", required: true,
    });
    const signIn = el("a", { id: "ask-sign-in", hidden: true });
    this.askWhy = el("p", { id: "ask-why" }, said);
    this.askForm = el(
      "form",
      { id: "ask", class: "ask", onsubmit: (event) => this.answer(event, key.value.trim()) },
      this.askWhy,
      el("label", { for: "ask-key", id: "ask-label" }, this.say("your_key")),
      el("span", { class: "line" }, key, el("button", { type: "submit" }, this.say("open"))),
      signIn,
    );
    this.main.before(this.askForm);
    offerSignIn(signIn, window.location, this.say).catch(() => {});
  }

  answer(event, token) {
    event.preventDefault();
    login(token).then(
      () => window.location.reload(),
      (error) => this.failed(error),
    );
  }

  tick() {
    const now = Date.now();
    const judged = (this.followed.length ? this.followed : [{ startedAt: now }])
      .filter(({ address }) => address !== "")
      .map((one) => [this.judgeOne(one, now), one])
      .sort(([one], [other]) => WORST_FIRST.indexOf(one) - WORST_FIRST.indexOf(other));
    const [name, one] = judged[0] ?? ["connecting", {}];
    const words = describe(name, one, this.say, this.numbers, this.clock);
    showState(document.body, this.masthead.sign, this.spoken, name, words);
    this.ticked?.(one);
  }

  judgeOne({ beat, heardAt, startedAt }, now) {
    const anything = this.org.employees.length > 0 || Boolean(this.hasFigures?.());
    return judge({ refused: this.isRefused, beat, heardAt, startedAt, now, anything });
  }
}
