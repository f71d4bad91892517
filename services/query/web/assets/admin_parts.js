// What the administration is built of: elements, fields, dialogs that ask once, and notices.

let serial = 0;

/** Make an element: properties are set, `on…` are listened to, `aria-…` and `data-…` written. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name.includes("-") || name === "role" || name === "for" || name === "colspan") {
      element.setAttribute(name, value === true ? "" : value);
    } else {
      element[name === "class" ? "className" : name] = value;
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A labelled control with a place for what it means, and for what is wrong with it. */
export function field(name, label, control, hint = "") {
  serial += 1;
  control.id = `field-${serial}`;
  control.name = name;
  const said = h("span", { class: "hint", id: `${control.id}-hint` }, hint);
  control.setAttribute("aria-describedby", said.id);
  const row = h("div", { class: "field" }, h("label", { for: control.id }, label), control, said);
  row.dataset.field = name;
  row.dataset.hint = hint;
  return row;
}

/** A secret that is shown this once, and a button that copies it. */
export function secretField(say, name, text, copy, kind = "") {
  const secret = h("input", { readOnly: true, value: text, class: "secret", spellcheck: false,
    onfocus: () => secret.select() });
  const go = button(copy, async () => {
    await navigator.clipboard.writeText(text).then(
      () => {
        go.textContent = say("copied");
      },
      () => {
        secret.focus();
        go.textContent = say("copy_by_hand");
      });
  }, kind);
  const row = field("", name, secret);
  secret.after(go);
  return row;
}

/** A choice of [value, label, depth] options. */
export function select(options, value, properties = {}) {
  const made = options.map(([key, label, depth = 0]) =>
    h("option", { value: key, selected: key === value }, "\u2007\u2007".repeat(depth) + label));
  return h("select", properties, made);
}

/** A box to tick, its label behind it. */
export function tick(name, label, checked, hint = "") {
  const box = h("input", { type: "checkbox", name, checked });
  const about = hint ? h("span", { class: "hint" }, hint) : null;
  return h("label", { class: "tick" }, box, h("span", {}, label, about));
}

export function button(label, onclick, kind = "") {
  return h("button", { type: "button", class: kind, onclick }, label);
}

/** A table with heads; on a narrow screen each row is a card, its cells named by the heads. */
export function table(caption, heads, rows) {
  label(heads, rows);
  const head = h("tr", {}, heads.map((label) => h("th", { scope: "col" }, label)));
  return h("div", { class: "sheet", role: "region", tabindex: "0", "aria-label": caption },
    h("table", { class: "cards" }, h("caption", { class: "heard-only" }, caption), h("thead", {}, head),
      h("tbody", {}, rows)));
}

/** Name the cells of rows by their heads, where a card shows them. */
export function label(heads, rows) {
  for (const row of rows) {
    [...row.cells].forEach((cell, at) => {
      cell.dataset.label = heads[at] ?? "";
    });
  }
}

/** What to show where there is nothing: what is missing, why, and what to do. */
export function empty(title, why, ...actions) {
  return h("section", { class: "empty" }, h("h2", {}, title), h("p", {}, why),
    h("div", { class: "line" }, actions));
}

/** Open a dialog with a form; `submit` may throw a Problem, which is told in place.
 *
 * Shape: parts are the fields; `extra` are further buttons; resolves when it is closed.
 */
export function ask(office, { title, lead = "", parts, label, submit, extra = [], kind = "primary" }) {
  const { say } = office;
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const go = label ? h("button", { type: "submit", class: kind }, label) : null;
  const away = button(label ? say("cancel") : say("close"), () => dialog.close());
  const foot = h("footer", {}, h("span", { class: "extra" }, extra), away, go);
  const form = h("form", { method: "dialog", noValidate: false }, h("h2", {}, title),
    lead ? h("p", { class: "lead" }, lead) : null, wrong, h("div", { class: "parts" }, parts), foot);
  const dialog = h("dialog", { class: "paper" }, form);
  dialog.setAttribute("aria-labelledby", "dialog-title");
  form.querySelector("h2").id = "dialog-title";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear(form, wrong);
    form.setAttribute("aria-busy", "true");
    go.disabled = true;
    try {
      if ((await submit(form)) !== false) {
        dialog.close();
      }
    } catch (problem) {
      tell(office, form, wrong, problem);
    } finally {
      form.removeAttribute("aria-busy");
      go.disabled = false;
    }
  });
  const opener = document.activeElement?.dataset.focus;
  document.body.append(dialog);
  dialog.showModal();
  (form.querySelector("[autofocus], .parts input:not([type=hidden]), .parts select, .primary")
    ?? away).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      // what was asked from may have been drawn anew meanwhile
      (opener && document.querySelector(`[data-focus="${CSS.escape(opener)}"]`))?.focus();
      resolve();
    });
  });
}

/** Ask once before something is taken away; the text names what will be done. */
export async function confirm(office, { title, text, label, act }) {
  await ask(office, { title, lead: text, parts: [], label, submit: act, kind: "danger" });
}

function clear(form, wrong) {
  wrong.hidden = true;
  for (const row of form.querySelectorAll(".field[data-wrong]")) {
    delete row.dataset.wrong;
    row.querySelector(".hint").textContent = row.dataset.hint;
    row.querySelector("input, select, textarea").removeAttribute("aria-invalid");
  }
}

/** Say what is wrong beside the field it is about, else at the top. */
function tell(office, form, wrong, problem) {
  const text = office.explain(problem);
  const row = problem.field && form.querySelector(`.field[data-field="${CSS.escape(problem.field)}"]`);
  if (!row) {
    wrong.textContent = text;
    wrong.hidden = false;
    return;
  }
  row.dataset.wrong = "";
  row.querySelector(".hint").textContent = text;
  const control = row.querySelector("input, select, textarea");
  control.setAttribute("aria-invalid", "true");
  control.focus();
}
