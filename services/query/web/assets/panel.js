// The side panel: the list behind a number, page by page, and a customer's journey on top of it.

import { el } from "./dom.js";
import { columnsOf } from "./factcolumns.js";
import { Lifeline } from "./lifeline.js";
import { isList } from "./listlink.js";
import { readTerms, titleOf } from "./listtitle.js";
import { read } from "./service.js";

/** The panel of a page; what it shows are the words `list` and `customer` of the address. */
export class Panel {
  constructor(desk) {
    this.desk = desk;
    const { say } = desk;
    this.title = el("h2", { tabindex: "-1", id: "panel-title" });
    this.count = el("p", { class: "count", role: "status" });
    this.files = el("span", { class: "files" });
    this.back = el("button", { type: "button", class: "tool", onclick: () => this.goBack() }, say("back_to_list"));
    const close = el("button", { type: "button", class: "tool close", "aria-label": say("close"), title: say("close"), onclick: () => this.close() }, "✕");
    this.body = el("div", { class: "panel-body" });
    this.element = el(
      "aside",
      { class: "panel", id: "panel", "aria-labelledby": "panel-title", hidden: true },
      el("header", {}, this.back, this.title, this.files, close),
      this.count,
      this.body,
    );
    document.body.append(this.element);
    document.addEventListener("keydown", (event) => this.press(event));
    desk.closePanel = () => this.hide();
    this.list = "";
    this.customer = "";
  }

  /** Show what the address says. */
  async follow() {
    const list = this.desk.place.get("list");
    const customer = this.desk.place.get("customer");
    if (list === this.list && customer === this.customer) {
      return;
    }
    if (this.element.hidden) {
      this.opener = document.activeElement;
    }
    this.lifeline?.close();
    this.lifeline = null;
    [this.list, this.customer] = [list, customer];
    if (customer) {
      await this.showCustomer(customer);
    } else if (isList(list)) {
      await this.showList(list);
    } else {
      this.hide();
    }
  }

  hide() {
    this.lifeline?.close();
    this.lifeline = null;
    [this.list, this.customer] = ["", ""];
    this.element.hidden = true;
    document.body.removeAttribute("data-panel");
    const opener = this.opener?.isConnected ? this.opener : null;
    opener?.focus();
    this.opener = null;
  }

  open(title) {
    this.element.hidden = false;
    document.body.dataset.panel = "";
    this.title.textContent = title;
    this.back.hidden = !(this.customer && this.list);
    this.count.textContent = "";
    this.files.replaceChildren();
    this.body.replaceChildren();
    this.title.focus({ preventScroll: true });
  }

  close() {
    this.desk.place.set({ list: "", customer: "" });
  }

  goBack() {
    this.desk.place.set({ customer: "" });
  }

  press(event) {
    const isElsewhere = document.querySelector("dialog[open], .meaning:popover-open");
    if (event.key === "Escape" && !this.element.hidden && !isElsewhere) {
      event.preventDefault();
      if (this.customer && this.list) {
        this.goBack();
      } else {
        this.close();
      }
    }
  }

  async showCustomer(id) {
    const { say } = this.desk;
    this.open(say("journey_of", { name: id }));
    await readTerms(this.desk);
    if (this.customer === id) {
      this.lifeline = new Lifeline(this.desk, id, {
        named: (name) => {
          this.title.textContent = name;
        },
        failed: () => this.refuse(),
      });
      this.body.replaceChildren(this.lifeline.element);
    }
  }

  refuse() {
    this.body.replaceChildren(el("p", { class: "notice" }, this.desk.say("right_lost")));
  }

  async showList(address) {
    this.open(this.desk.say("loading"));
    this.table = null;
    this.kinds = new Set();
    this.facts = [];
    try {
      await readTerms(this.desk);
      await this.page(address, "");
    } catch (error) {
      this.failed(error, address);
    }
  }

  failed(error, address) {
    if (this.list !== address) {
      return;
    }
    const { say } = this.desk;
    const why = error.code ? say("list_refused") : (error.problem?.detail ?? say("list_failed"));
    const again = el("button", { type: "button", class: "tool", onclick: () => this.showList(address) }, say("try_again"));
    this.title.textContent = say("not_available");
    this.body.replaceChildren(el("p", { class: "notice", role: "alert" }, why), again);
  }

  async page(address, cursor) {
    const { say, numbers } = this.desk;
    const asked = cursor ? `${address}&cursor=${encodeURIComponent(cursor)}` : address;
    const found = await read(asked);
    if (this.list !== address) {
      return;
    }
    if (!cursor) {
      this.title.textContent = titleOf(this.desk, address, found);
      this.drawFiles(address);
    }
    if (found.total === null) {
      this.count.textContent = say(`why_${found.why ?? "unknown"}`);
      return;
    }
    this.facts.push(...found.rows);
    this.draw(found);
    this.count.dataset.total = found.total;
    this.count.textContent = say(found.total === 1 ? "one_row" : "rows", {
      count: numbers.whole.format(found.total),
    }) + (found.next ? ` · ${say("rows_shown", { count: numbers.whole.format(this.facts.length) })}` : "");
    this.drawMore(address, found.next);
  }

  draw(found) {
    const kinds = new Set([...this.kinds, ...found.rows.map(({ kind }) => kind)]);
    const isWider = kinds.size !== this.kinds.size;
    this.kinds = kinds;
    if (!this.facts.length) {
      this.body.replaceChildren(el("p", { class: "notice" }, this.desk.say("empty_list")));
      return;
    }
    const column = new URLSearchParams(this.list.split("?")[1]).get("column");
    const columns = columnsOf(kinds, column).filter((one) =>
      one.name !== "times" || this.facts.some(({ times }) => times !== undefined));
    if (isWider) {
      this.tbody = el("tbody");
      const heads = columns.map(({ label, isFigure }) =>
        el("th", { scope: "col", class: isFigure ? "figure" : "text" }, this.desk.say(label)));
      this.body.replaceChildren(
        el("table", { class: "facts", "aria-labelledby": "panel-title" }, el("thead", {}, el("tr", {}, heads)), this.tbody),
      );
    }
    const added = isWider ? this.facts : found.rows;
    this.tbody.append(...added.map((fact) => this.row(fact, columns)));
  }

  row(fact, columns) {
    const cells = columns.map((column) =>
      el("td", { class: column.isFigure ? "figure" : "text", "data-label": this.desk.say(column.label) }, column.write(fact, this.desk) || "–"));
    return el("tr", { "data-kind": fact.kind, "data-id": fact.id }, cells);
  }

  drawMore(address, next) {
    this.more?.remove();
    this.seer?.disconnect();
    if (!next) {
      return;
    }
    this.more = el("button", { type: "button", class: "tool more" }, this.desk.say("show_more"));
    const load = () => {
      this.seer.disconnect();
      this.more.disabled = true;
      this.page(address, next).catch((error) => this.failed(error, address));
    };
    this.more.addEventListener("click", load);
    this.body.append(this.more);
    this.seer = new IntersectionObserver(([seen]) => seen.isIntersecting && load(), { root: this.body });
    this.seer.observe(this.more);
  }

  drawFiles(address) {
    const { language, say } = this.desk;
    const [path, query] = address.split("?");
    const link = (ending) =>
      el("a", { class: "file", download: true, href: `${path}.${ending}?${query}${path.includes("/reports/") ? `&lang=${language}` : ""}` , title: say(`file_${ending}`) }, ending.toUpperCase());
    this.files.replaceChildren(link("csv"), link("xlsx"));
  }
}
