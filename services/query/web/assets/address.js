// What the address says: the key (taken out of sight), the language, the theme, the choices.

const WRITE_KEY = "salespulse.write_key";

/** Read the address of a page and hide its keys.
 *
 * Laws: a read key in the fragment is returned once, for a session to be opened with; only the
 *       write key lives on in this tab, for the line that sends the first event.
 */
export function readAddress(location, history, storage) {
  const url = new URL(location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const key = take(url.searchParams, fragment, "key");
  const writeKey = remembered(take(url.searchParams, fragment, "write_key"), storage);
  url.hash = fragment.size ? fragment.toString() : "";
  if (url.href !== location.href) {
    history.replaceState(null, "", url);
  }
  const board = url.pathname.match(/^\/board\/(.+?)\/?$/);
  const stored = url.pathname.match(/^\/boards\/([^/]+)(\/edit)?\/?$/);
  return {
    key,
    writeKey,
    department: board ? decodeURIComponent(board[1]) : "",
    board: stored ? decodeURIComponent(stored[1]) : "",
    isLanguageChosen: url.searchParams.has("lang"),
    language: language(url.searchParams.get("lang")),
    theme: url.searchParams.get("theme"),
    rank: url.searchParams.get("rank") ?? "",
    tiles: (url.searchParams.get("tiles") ?? "").split(",").filter(Boolean),
  };
}

/** Write one choice into the address, so that it can be shared and survives a reload. */
export function keepChoice(name, value) {
  const url = new URL(window.location.href);
  url.searchParams.set(name, value);
  window.history.replaceState(null, "", url);
}

/** Set language and theme on the document. */
export function dress(root, { language: lang, theme }) {
  root.lang = lang;
  if (theme === "dark" || theme === "light") {
    root.dataset.theme = theme;
  }
}

function take(query, fragment, name) {
  const given = fragment.get(name) ?? query.get(name) ?? "";
  query.delete(name);
  fragment.delete(name);
  return given;
}

function remembered(writeKey, storage) {
  if (writeKey) {
    storage.setItem(WRITE_KEY, writeKey);
  }
  return storage.getItem(WRITE_KEY) ?? "";
}

function language(asked) {
  const wanted = asked ?? navigator.language ?? "en";
  return wanted.toLowerCase().startsWith("vi") ? "vi" : "en";
}
