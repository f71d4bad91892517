// Keys: boards on walls and machines. A secret is shown once, with a button that copies it.

import { ask, button, confirm, empty, field, h, secretField, select, table, tick } from "./admin_parts.js";
import { path, read, send } from "./admin_service.js";

const FIRST = ["revenue", "orders_approved", "calls_outbound", "calls_inbound_answered"];

export class Keys {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const [keys, catalogue, boards] = await Promise.all([
      read("/v1/keys"), read("/v1/catalogue"), read("/v1/boards"),
    ]);
    this.boards = boards.boards;
    const place = ({ name }) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
    this.kpis = catalogue.kpis.filter((one) => one.streamed)
      .sort((one, other) => place(one) - place(other));
    const kiosk = button(say("new_kiosk"), () => this.addKiosk(), "primary");
    const machine = button(say("new_key"), () => this.addKey());
    const order = new Intl.Collator(office.language, { numeric: true }).compare;
    keys.rows.sort((one, other) =>
      Number(Boolean(other.board)) - Number(Boolean(one.board)) || order(one.label, other.label));
    const good = keys.rows.filter((one) => !one.revoked);
    const gone = keys.rows.filter((one) => one.revoked);
    const list = good.length ? this.table(good) : empty(say("no_keys"), say("no_keys_why"));
    const past = gone.length ? h("details", { class: "closed" },
      h("summary", {}, say("revoked_keys", { count: gone.length })), this.table(gone)) : null;
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.tokens")),
        h("span", { class: "line" }, machine, kiosk)),
      h("p", { class: "lead" }, say("keys_lead")),
      list,
      ...(past ? [past] : []),
    ];
  }

  table(rows) {
    const { say } = this;
    const heads = ["label", "opens", "granted_by", "expires", "networks", ""];
    return table(say("tab.tokens"), heads.map((one) => (one ? say(one) : "")),
      rows.map((row) => this.row(row)));
  }

  row(row) {
    const { office, say } = this;
    const label = row.label || say("no_label");
    const revoke = button(say("revoke_key"), () => confirm(office, {
      title: say("revoke_key_title", { label }),
      text: say(row.board ? "revoke_kiosk_text" : "revoke_key_text"),
      label: say("revoke_key"),
      act: async () => {
        await send("DELETE", path("v1", "keys", row.key_id));
        await office.refresh(say("key_revoked", { label }));
      },
    }), "quiet");
    revoke.setAttribute("aria-label", say("revoke_key_of", { label }));
    return h("tr", { class: row.revoked ? "gone" : "" },
      h("th", { scope: "row" }, label, h("span", { class: "id" }, row.key_id)),
      h("td", {}, row.board ? this.board(row.board)
        : row.scopes.map((one) => h("span", { class: "tag" }, say(`scope.${one}`)))),
      h("td", {}, row.created_by ? office.personName(row.created_by) : h("span", { class: "none" }, "–")),
      h("td", { class: "day" }, row.expires_at ? office.day(row.expires_at) : say("never")),
      h("td", {}, row.addresses?.join(", ") || say("all_networks")),
      h("td", {}, row.revoked ? h("span", { class: "sign" }, say("is_revoked")) : revoke));
  }

  board(board) {
    const { office, say } = this;
    const stored = board.board_id && this.boards.find(({ id }) => id === board.board_id);
    if (board.board_id) {
      return [h("strong", {}, say("board_of", { name: stored?.name ?? board.board_id })),
        h("span", { class: "id" }, say("stored_board"))];
    }
    const labels = board.metrics.map((one) => this.label(one)).join(", ");
    return [h("strong", {}, say("board_of", { name: office.placeName(board, say("company")) })),
      h("span", { class: "id" }, board.has_names ? labels : `${labels} · ${say("without_names")}`)];
  }

  label(metric) {
    const kpi = this.kpis.find(({ name }) => name === metric);
    return kpi?.[`label_${this.office.language}`] ?? metric;
  }

  addKiosk() {
    const { office, say } = this;
    const label = h("input", { required: true, maxLength: 256 });
    const where = select([["company", say("company_whole")],
      ...office.departmentOptions().map(([id, name, depth]) => [`department ${id}`, name, depth])],
    `department ${office.departmentOptions()[0]?.[0] ?? ""}`);
    if (this.boards.length) {
      where.append(h("optgroup", { label: say("stored_boards") }, this.boards.map(({ id, name }) =>
        h("option", { value: `board ${id}` }, name))));
    }
    const filter = h("input", { type: "search", placeholder: say("search_figures"),
      "aria-label": say("search_figures") });
    const boxes = this.kpis.map(({ name }) => tick("metrics", this.label(name), FIRST.includes(name)));
    boxes.forEach((box, at) => {
      box.querySelector("input").value = this.kpis[at].name;
    });
    filter.addEventListener("input", () => {
      const words = filter.value.toLocaleLowerCase(office.language);
      boxes.forEach((box) => {
        box.hidden = !box.textContent.toLocaleLowerCase(office.language).includes(words)
          && !box.querySelector("input").checked;
      });
    });
    const networks = h("input", { maxLength: 512, placeholder: "192.168.7.0/24", autocomplete: "off" });
    const figures = h("fieldset", { class: "field", "data-field": "metrics", "data-hint": "" },
      h("legend", {}, say("figures")), filter, h("div", { class: "ticks" }, boxes),
      h("span", { class: "hint" }));
    where.addEventListener("change", () => {
      figures.hidden = where.value.startsWith("board ");
    });
    return ask(office, {
      title: say("new_kiosk"), lead: say("kiosk_lead"), label: say("make_kiosk"),
      parts: [
        field("label", say("where_it_hangs"), label, say("where_hint")),
        field("scope_id", say("shows"), where),
        figures,
        tick("has_names", say("has_names"), true, say("has_names_hint")),
        field("addresses", say("networks"), networks, say("networks_hint")),
      ],
      submit: async (form) => {
        const given = new FormData(form);
        const [scope, ...id] = where.value.split(" ");
        const stored = scope === "board" && this.boards.find((one) => one.id === id.join(" "));
        const place = stored
          ? { scope: stored.scope, scope_id: stored.scope_id, sub: stored.sub !== false && stored.scope === "department", board_id: stored.id }
          : { scope, scope_id: id.join(" ") || "all", sub: scope === "department" };
        const board = { ...place, metrics: given.getAll("metrics"),
          has_names: given.has("has_names") };
        const addresses = given.get("addresses").split(/[\s,;]+/).filter(Boolean);
        const made = await send("POST", "/v1/kiosks",
          { label: label.value.trim(), board, ...(addresses.length ? { addresses } : {}) });
        await office.refresh();
        this.show(made, label.value.trim(), this.link(board, made.key));
      },
    });
  }

  /** The address for the television: the key stands in its fragment, which no server logs. */
  link(board, key) {
    const { origin } = window.location;
    if (board.board_id) {
      return `${origin}${path("boards", board.board_id)}#key=${key}`;
    }
    return board.scope === "department"
      ? `${origin}${path("board", board.scope_id)}?tiles=${board.metrics.join(",")}#key=${key}`
      : "";
  }

  addKey() {
    const { office, say } = this;
    const label = h("input", { required: true, maxLength: 256 });
    const until = h("input", { type: "date", min: office.company.today });
    const scopes = ["query", "ingest", "administer"].map((one) => {
      const box = tick("scopes", say(`scope.${one}`), one === "query", say(`scope.${one}.why`));
      box.querySelector("input").value = one;
      return box;
    });
    return ask(office, {
      title: say("new_key"), lead: say("key_lead"), label: say("make_key"),
      parts: [
        field("label", say("what_for"), label, say("what_for_hint")),
        h("fieldset", { class: "field", "data-field": "scopes", "data-hint": "" },
          h("legend", {}, say("may")), scopes, h("span", { class: "hint" })),
        field("expires_at", say("expires"), until, say("expires_hint")),
      ],
      submit: async (form) => {
        const given = new FormData(form);
        const end = until.value ? { expires_at: `${until.value}T23:59:59Z` } : {};
        const made = await send("POST", "/v1/keys",
          { label: label.value.trim(), scopes: given.getAll("scopes"), ...end });
        await office.refresh();
        this.show(made, label.value.trim(), "");
      },
    });
  }

  /** Show a secret: now, and never again. */
  show(made, label, link) {
    const { office, say } = this;
    const secrets = [[say("key"), made.key, say("copy_key")]];
    if (link) {
      secrets.unshift([say("board_link"), link, say("copy_link")]);
    }
    const copies = secrets.map(([name, text, copy], at) =>
      secretField(say, name, text, copy, at ? "" : "primary"));
    const open = link ? h("a", { href: link, target: "_blank", rel: "noopener" }, say("open_board")) : null;
    const shown = ask(office, { title: say("key_made", { label }), lead: say("shown_once"),
      parts: [...copies, open].filter(Boolean) });
    document.querySelector("dialog:last-of-type .parts button")?.focus();
    return shown;
  }
}
