// The question of a page as one sentence: each of its words that can be another one is a control.

import { el } from "./dom.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A word that is one of a few: a native list.
 *
 * Shape: options are {value, text} or {label, options}; `chosen(value)` hears the choice.
 */
export function choice({ name, label, value, options, chosen }) {
  const written = (option) =>
    option.options
      ? el("optgroup", { label: option.label }, option.options.map(written))
      : el("option", { value: option.value, selected: option.value === value }, option.text);
  const select = el("select", { name, "aria-label": label, class: "word" }, options.map(written));
  select.value = value;
  select.addEventListener("change", () => chosen(select.value));
  return select;
}

/** A word that is a day: written as the language has it, the browser's own control while chosen. */
export function dayWord({ name, label, value, written, min, max, chosen }) {
  const input = el("input", { type: "date", name, "aria-label": label, value, min, max });
  input.addEventListener("change", () => DATE.test(input.value) && chosen(input.value));
  input.addEventListener("click", () => input.showPicker?.());
  return el("span", { class: "word dayword" }, el("span", { "aria-hidden": "true" }, written), input);
}

/** A word that is a number. */
export function numberWord({ name, label, value, min, max, chosen, placeholder }) {
  const input = el("input", {
    type: "number", name, "aria-label": label, class: "word", value, min, max, placeholder, inputmode: "numeric",
  });
  input.addEventListener("change", () => input.checkValidity() && chosen(input.value));
  return input;
}

/** A sentence.
 *
 * Shape: show(template, words): '{slot}' in the template is the control of that name, an array
 *        of controls and texts, or a text.
 * Laws:  drawn anew only where it says something else; the control that had the focus has it.
 */
export class Sentence {
  constructor() {
    this.element = el("form", { class: "sentence", onsubmit: (event) => event.preventDefault() });
  }

  show(template, words) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.name : "";
    const parts = template.split(/(\{\w+\})/).flatMap((part) => {
      const slot = part.match(/^\{(\w+)\}$/)?.[1];
      return slot ? (words[slot] ?? []) : part;
    });
    const line = el("p", {}, parts);
    const signature = line.innerText + [...line.querySelectorAll("select, input")]
      .map((one) => `${one.name}=${one.value}/${one.options?.length ?? one.max}`).join();
    if (signature === this.written) {
      return;
    }
    this.written = signature;
    this.element.replaceChildren(line);
    if (focused) {
      this.element.querySelector(`[name="${focused}"]`)?.focus();
    }
  }
}
