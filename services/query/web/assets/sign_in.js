// The way in by the company's identity provider, where a key is asked for; without one, nothing.

import { read } from "./service.js";

/** The word for what came of signing in, as the address says; "" where nobody tried. */
export function signInWord(search) {
  const code = new URLSearchParams(search).get("sign_in");
  if (!code) {
    return "";
  }
  return code === "provider_unavailable" ? "sign_in_away" : "sign_in_failed";
}

/** Show the link to the provider, which leads back to the page that was wanted. */
export async function offerSignIn(link, location, say) {
  if (link.href) {
    return;
  }
  const { provider } = await read("/login");
  const asked = new URLSearchParams(location.search).get("next");
  const back = asked ?? `${location.pathname}${location.search}`;
  if (provider) {
    link.textContent = say("sign_in");
    link.href = `${provider}?${new URLSearchParams({ next: back })}`;
    link.hidden = false;
  }
}
