// The first visit: a line that sends events, the moment they arrive, and the board that shows them.

import { make } from "./make.js";

const DEPARTMENT = "sales";

/** The events of the first line: what a source would send about one approved order. */
function firstEvents({ tenant, now, day, currency, amount }) {
  const time = now.toISOString();
  const stamp = now.getTime();
  const order = `first-order-${stamp}`;
  const event = (type, subject, data) => ({
    specversion: "1.0",
    id: `first-${type}-${stamp}`,
    source: "/first-visit",
    tenantid: tenant,
    type,
    subject,
    time,
    data,
  });
  return [
    event("department.upserted", DEPARTMENT, { name: "Sales" }),
    event("employee.upserted", "lan", { name: "Lan", department_id: DEPARTMENT }),
    event("order.created", order, {
      order_date: day,
      created_at: time,
      owner_id: "lan",
      total: { amount, currency },
    }),
    event("order.approved", order, { approved_at: time }),
  ];
}

/** The line to paste into a terminal. */
function curlLine({ ingestor, key, ...told }) {
  const events = firstEvents(told).map((event) => JSON.stringify(event));
  const body = `[\n  ${events.join(",\n  ")}\n]`;
  return [
    `curl -sS ${ingestor}/v1/events`,
    `-H 'Authorization: Bearer ${key}'`,
    "-H 'Content-Type: application/cloudevents-batch+json'",
    `-d '${body}'`,
  ].join(" \\\n  ");
}

/** The three steps of a company without figures. */
export class FirstVisit {
  constructor(section, say) {
    this.say = say;
    this.line = make("pre", "");
    this.line.tabIndex = 0;
    this.hint = make("p", "");
    this.copy = make("button", "", say("copy_line"));
    this.copy.type = "button";
    this.copy.addEventListener("click", () => copyText(this.line.textContent, this.copy, say));
    this.send = step("1", say("first_send"), say("first_send_why"), this.line, this.hint, this.copy);
    this.wait = step("2", say("first_wait"), say("first_wait_why"));
    this.wait.id = "arrival";
    this.wait.setAttribute("role", "status");
    this.link = make("a", "");
    this.link.hidden = true;
    this.board = step("3", say("first_board"), say("first_board_why"), this.link);
    const list = make("ol", "steps");
    list.append(this.send, this.wait, this.board);
    section.replaceChildren(make("h2", "", say("first_title")), list);
  }

  write(options) {
    this.line.textContent = curlLine(options);
    const missing = [
      options.key === "WRITE_KEY" ? this.say("put_key") : "",
      options.ingestor.endsWith(":PORT") ? this.say("put_port") : "",
    ];
    this.hint.textContent = missing.filter(Boolean).join(" ");
  }

  arrived() {
    for (const done of [this.send, this.wait]) {
      done.dataset.done = "";
      done.querySelector(".sign").textContent = "✓";
    }
    this.wait.querySelector("h3").textContent = this.say("first_arrived");
    this.wait.querySelector("p").textContent = "";
  }

  offer(department) {
    this.link.href = `/board/${encodeURIComponent(department.id)}`;
    this.link.textContent = department.name;
    this.link.hidden = false;
    this.board.querySelector("p").textContent = this.say("first_board_ready");
  }
}

/** Copy a text and say on the button whether it worked. */
async function copyText(text, button, say) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say("copied");
  } catch {
    button.textContent = say("copy_refused");
  }
  setTimeout(() => {
    button.textContent = before;
  }, 2000);
}

function step(number, title, why, ...actions) {
  const item = make("li", "step");
  const action = make("div", "action");
  action.append(...actions);
  item.append(make("span", "sign", number), make("h3", "", title), make("p", "", why), action);
  return item;
}
