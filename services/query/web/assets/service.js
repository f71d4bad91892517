// The query service as the pages use it: what they read once, and the address of the stream.

const PATIENCE_MS = 8000;
const CSRF = "salespulse_csrf";

/** Nobody, or somebody who may not read; `hasSession` says which. */
export class Refused extends Error {
  constructor(path, code) {
    super(path);
    this.hasSession = code !== "no_key";
  }
}

/** Read one document of the API in the session of the browser.
 *
 * Errors: Refused on 401 and 403, Error on anything else.
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

async function ask(path, options) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(path, { ...options, signal, cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(path, problem.code);
  }
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status}`);
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
  return new Map(kpis.map((kpi) => [kpi.name, { ...kpi, label: kpi[`label_${language}`] }]));
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
