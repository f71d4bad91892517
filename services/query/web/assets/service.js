// The query service as the pages use it: what they read once, and the address of the stream.

const PATIENCE_MS = 8000;

/** A key that may not read. */
export class Refused extends Error {}

/** Read one document of the API; raises Refused on 401 and 403, Error on anything else. */
export async function read(path, key) {
  const answer = await fetch(path, {
    headers: { Authorization: `Bearer ${key}`, Accept: "application/json" },
    signal: AbortSignal.timeout(PATIENCE_MS),
    cache: "no-store",
  });
  if (answer.status === 401 || answer.status === 403) {
    throw new Refused(path);
  }
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status}`);
  }
  return answer.json();
}

/** Read the catalogue as KPI name -> definition with a `label` in the language. */
export async function readCatalogue(key, language) {
  const { kpis } = await read("/v1/catalogue", key);
  return new Map(kpis.map((kpi) => [kpi.name, { ...kpi, label: kpi[`label_${language}`] }]));
}

/** The address of the stream of a scope. */
export function streamAddress(scope, id, metrics, key) {
  const query = new URLSearchParams({ scope, id, sub: "true", key });
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
