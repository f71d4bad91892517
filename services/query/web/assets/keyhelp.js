// What the keys do: a dialog behind '?', and the keys that work on every page.

import { el } from "./dom.js";

const KEYS = [
  ["?", "key_help"],
  ["/", "key_search"],
  ["← ↑ → ↓", "key_arrows"],
  ["Enter", "key_enter"],
  ["Esc", "key_escape"],
];

/** The dialog and its button. */
export class KeyHelp {
  constructor(say) {
    const close = el("button", { type: "button", class: "tool", onclick: () => this.dialog.close() }, say("close"));
    const rows = KEYS.flatMap(([keys, words]) => [el("dt", {}, el("kbd", {}, keys)), el("dd", {}, say(words))]);
    this.dialog = el(
      "dialog",
      { class: "keyhelp", "aria-labelledby": "keyhelp-title" },
      el("h2", { id: "keyhelp-title" }, say("keys")),
      el("dl", {}, rows),
      close,
    );
    this.button = el("button", {
      type: "button", class: "tool", title: say("keys"), "aria-label": say("keys"), onclick: () => this.open(),
    }, "?");
    document.body.append(this.dialog);
    document.addEventListener("keydown", (event) => this.press(event));
  }

  open() {
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
  }

  press(event) {
    if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const search = document.querySelector("[data-search]");
    if (event.key === "?") {
      this.open();
    } else if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
}

/** Say whether keys pressed at an element are text. */
export function isWriting(element) {
  return element.matches?.("input, textarea, select, [contenteditable]") ?? false;
}
