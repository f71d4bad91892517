// The definition of a figure on its 'i': on hover, focus and tap, one at a time.

import { el } from "./dom.js";

let count = 0;
let box = null;
let shownOf = null;

function theBox() {
  if (!box) {
    box = el("div", { class: "meaning", role: "tooltip", popover: "manual", id: "meaning" });
    document.body.append(box);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    document.addEventListener("scroll", follow, { passive: true, capture: true });
    window.addEventListener("resize", follow);
    document.addEventListener("pointerdown", (event) => event.target.closest?.(".about") || hide());
  }
  return box;
}

function hide() {
  if (shownOf) {
    box.hidePopover();
    shownOf.setAttribute("aria-expanded", "false");
    shownOf = null;
  }
}

/** Stand by the button again: focus scrolls it into sight, and what is live moves it about.
 *
 * Laws: what is open stays open until who opened it turns away; it goes with its button alone.
 */
function follow() {
  if (shownOf?.checkVisibility()) {
    stand(shownOf);
  } else {
    hide();
  }
}

function show(button, { title, text, notes }) {
  const shown = theBox();
  hide();
  shown.replaceChildren(
    el("strong", {}, title),
    el("p", {}, text),
    ...notes.map((note) => el("p", { class: "note" }, note)),
  );
  shown.showPopover();
  button.setAttribute("aria-expanded", "true");
  shownOf = button;
  stand(button);
}

function stand(button) {
  const at = button.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left - 16, window.innerWidth - width - 8));
  const below = at.bottom + 6;
  const top = below + height > window.innerHeight - 8 ? Math.max(8, at.top - height - 6) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

/** Make the 'i' of a figure.
 *
 * Shape: `meaning` is {title, text, notes}; it stands in the name of the button too, so that who
 *        does not see hears it.
 */
export function aboutButton(meaning, say) {
  count += 1;
  const button = el("button", {
    type: "button",
    class: "about",
    "aria-label": say("meaning_of", { name: meaning.title, text: meaning.text }),
    "aria-expanded": "false",
    id: `about-${count}`,
  }, "i");
  const open = () => show(button, meaning);
  const isByKeys = () => button.matches(":focus-visible");
  button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && open());
  button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !isByKeys() && hide());
  button.addEventListener("focus", () => isByKeys() && open());
  button.addEventListener("blur", () => shownOf === button && hide());
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    open();
  });
  return button;
}

/** Return what is said of a column of a report. */
export function meaningOf(column, { say, language }) {
  const title = column.label?.[language] ?? column.label ?? column.name;
  const ours = language === "vi" ? column.definition_vi : column.definition;
  const notes = [];
  if (column.own_definition) {
    notes.push(ours);
  }
  if (column.date_basis) {
    notes.push(say("by_date", { basis: say(`basis_${column.day === "now" ? "now" : column.date_basis}`) }));
  }
  if (column.adds_over_people === false) {
    notes.push(say("not_summed"));
  }
  return { title, text: column.own_definition ?? ours, notes };
}
