// Elements, made without markup in strings: nothing that somebody sent can become a tag.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: attributes (null and false are left out), then children and texts. */
export function el(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function draw(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Put a text into an element, if it is another one. */
export function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Bring the children of an element into an order; the one that has the focus is not moved.
 *
 * Laws: an element that is taken out loses the focus, so the others are put around it.
 */
export function arrange(parent, wanted) {
  const held = wanted.findIndex((one) => one.contains(document.activeElement));
  const fixed = held < 0 ? wanted.length : held;
  wanted.slice(0, fixed).forEach((one, at) => {
    if (parent.children[at] !== one) {
      parent.insertBefore(one, parent.children[at] ?? null);
    }
  });
  let next = null;
  for (const one of wanted.slice(fixed + 1).reverse()) {
    if (one.nextElementSibling !== next) {
      parent.insertBefore(one, next);
    }
    next = one;
  }
}

/** Put other children into an element; who was on one of the old ones is on its like of the new. */
export function renew(element, ...children) {
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  const was = active && identity(active);
  element.replaceChildren(...children.flat());
  if (active && active !== document.activeElement) {
    const like = [...element.querySelectorAll(active.tagName)].find((one) => identity(one) === was);
    like?.focus({ preventScroll: true });
  }
}

/** What tells a link or a button from its neighbours: where it leads, or what it says. */
function identity(element) {
  return element.getAttribute("href") || element.getAttribute("aria-label") || element.textContent;
}
