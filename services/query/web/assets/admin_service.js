// The administration API as its page uses it: in the session of the browser, with its CSRF token.

const PATIENCE_MS = 30_000;
const CSRF = "salespulse_csrf";

/** What was refused: the problem document, with `status`, `code`, `detail` and `pointer`. */
export class Problem extends Error {
  constructor(status, told) {
    super(told.detail ?? String(status));
    this.status = status;
    this.code = told.code ?? "failed";
    this.told = told;
    this.field = (told.pointer ?? "").split("/").filter(Boolean).pop() ?? "";
  }
}

/** Read a document. Errors: Problem; of a service that does not answer with status 0. */
export function read(path) {
  return send("GET", path);
}

/** Change something; `body` is JSON, or a text that is sent as a file.
 *
 * With a `token` it is asked by whoever has that, and not in the session of the browser.
 */
export async function send(method, path, body, token = "") {
  const headers = { Accept: "application/json" };
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }
  if (method !== "GET") {
    headers["X-CSRF-Token"] = cookie(CSRF);
  }
  if (body !== undefined) {
    headers["Content-Type"] = typeof body === "string" ? "text/csv" : "application/json";
  }
  const content = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(path, { method, headers, body: content, signal, cache: "no-store",
    credentials: token ? "omit" : "same-origin" })
    .catch(() => {
      throw new Problem(0, { code: "silent" });
    });
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Problem(answer.status, told);
  }
  return told;
}

/** The path of something by its id, which may hold any character. */
export function path(...parts) {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

function cookie(name) {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1] ?? "";
}
