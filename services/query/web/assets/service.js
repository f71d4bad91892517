// The query service as the pages use it: what they read once, and the address of the stream.

import { speaker } from "./words.js";

const PATIENCE_MS = 8000;
const CSRF = "salespulse_csrf";

/** Nobody, or somebody who may not read; `hasSession` says which. */
export class Refused extends Error {
  constructor(path, code) {
    super(path);
    this.code = code;
    this.hasSession = code !== "no_key";
  }
}

/** There is nothing of that id. */
export class Missing extends Error {}

/** What was written was refused; `code` and `problem` say why. */
export class Rejected extends Error {
  constructor(problem) {
    super(problem.detail ?? "");
    this.problem = problem;
    this.code = problem.code ?? "";
  }
}

/** Read one document of the API in the session of the browser.
 *
 * Errors: Refused on 401 and 403, Missing on 404, Error on anything else.
 */
export async function read(path) {
  const answer = await ask(path, { headers: { Accept: "application/json" } });
  return answer.json();
}

/** Open the session of the browser; the token is in a cookie then, where no script reads it. */
export async function login(token) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": cookie(CSRF) };
  await ask("/login", { method: "POST", headers, body: JSON.stringify({ token }) });
}

/** Change something, in the session of the browser.
 *
 * Errors: Refused, Missing, Rejected with the problem document.
 */
export async function write(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": cookie(CSRF) };
  const answer = await ask(path, { method, headers, body: body && JSON.stringify(body) });
  return answer.status === 204 ? null : answer.json();
}

async function ask(path, options) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(path, { ...options, signal, cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(path, problem.code);
  }
  if (answer.status === 404) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Missing(path), { status: 404, problem });
  }
  if (!answer.ok && options.method && options.method !== "GET") {
    throw new Rejected(await answer.json().catch(() => ({})));
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status, problem });
  }
  return answer;
}

function cookie(name) {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1] ?? "";
}

/** Read the catalogue as KPI name -> definition with a `label` in the language. */
export async function readCatalogue(language) {
  const { kpis } = await read("/v1/catalogue");
  const marked = (label, kpi) => (kpi.trial ? speaker(language)("on_trial", { label }) : label);
  return new Map(kpis.map((kpi) => (
    [kpi.name, { ...kpi, label: marked(kpi[`label_${language}`], kpi) }]
  )));
}

/** The address of the stream of a scope. */
export function streamAddress(scope, id, metrics) {
  const query = new URLSearchParams({ scope, id, sub: "true" });
  if (metrics.length) {
    query.set("metrics", metrics.join(","));
  }
  return `/v1/stream?${query}`;
}

/** Try until it works; `failed` hears each error and may end it by throwing. */
export async function insist(attempt, failed, wait) {
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      failed(error);
      await new Promise((resolve) => setTimeout(resolve, wait(count)));
    }
  }
}
