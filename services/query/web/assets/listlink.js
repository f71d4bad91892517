// What a number leads to: the list behind it, opened in the panel; the link can be shared.

const LIST = /^\/v1\/(facts|reports\/[a-z-]+\/facts)\?/;

/** Say whether an address is one of a list: nothing else of an address is ever asked for. */
export function isList(address) {
  return LIST.test(address);
}

/** Links to lists and customers of a page: plain addresses, followed without leaving it. */
export class ListLink {
  constructor(place) {
    this.place = place;
    document.addEventListener("click", (event) => this.click(event));
  }

  /** What the addresses of all links depend on. */
  at() {
    return this.place.address({ list: "", customer: "" });
  }

  dress(anchor, facts) {
    anchor.href = this.place.address({ list: facts, customer: "" });
    anchor.dataset.list = facts;
  }

  dressCustomer(anchor, customer) {
    anchor.href = this.place.address({ customer });
    anchor.dataset.customer = customer;
  }

  click(event) {
    const anchor = event.target.closest?.("a[data-list], a[data-customer]");
    if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
      return;
    }
    event.preventDefault();
    const { list, customer } = anchor.dataset;
    this.place.set(customer ? { customer } : { list, customer: "" });
  }
}
