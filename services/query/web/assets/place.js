// Where a page is: all of its state is words of its address, so it can be shared and gone back to.

const KEPT = ["lang", "theme"];

/** The words of the address of a page; `heard` is told after every change, the back button's too. */
export class Place {
  constructor(heard = () => {}) {
    this.heard = heard;
    this.read();
    window.addEventListener("popstate", () => {
      this.read();
      this.heard();
    });
  }

  read() {
    this.words = new URLSearchParams(window.location.search);
  }

  get(name, otherwise = "") {
    return this.words.get(name) ?? otherwise;
  }

  /** Return the address of this page with some words changed; '' and null take a word away. */
  address(changes = {}) {
    const words = new URLSearchParams(this.words);
    for (const [name, value] of Object.entries(changes)) {
      if (value === "" || value === null || value === undefined) {
        words.delete(name);
      } else {
        words.set(name, value);
      }
    }
    const text = words.toString();
    return window.location.pathname + (text ? `?${text}` : "");
  }

  /** Change some words; the page before is one step back. */
  set(changes, { replace = false } = {}) {
    const address = this.address(changes);
    if (address !== window.location.pathname + window.location.search) {
      window.history[replace ? "replaceState" : "pushState"](null, "", address);
    }
    this.read();
    this.heard();
  }

  /** Return the address of another page, in the same language and theme. */
  link(path, words = {}) {
    const kept = KEPT.filter((name) => this.words.has(name)).map((name) => [name, this.get(name)]);
    const text = new URLSearchParams({ ...Object.fromEntries(kept), ...words }).toString();
    return path + (text ? `?${text}` : "");
  }
}
