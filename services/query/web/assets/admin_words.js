// Every word of the administration in English and Vietnamese.

import { LANGUAGES as ALERTS } from "./admin_alert_words.js";
import { EN } from "./admin_english.js";
import { VI } from "./admin_vietnamese.js";

export const LANGUAGES = { en: { ...ALERTS.en, ...EN }, vi: { ...ALERTS.vi, ...VI } };

/** Return the speaker of a language: (word, values) -> text; the word itself where there is none.
 *
 * Shape: of `count` 1 the word with `.one` behind it is taken, where there is one.
 */
export function speaker(language) {
  const words = LANGUAGES[language] ?? LANGUAGES.en;
  return (name, values = {}) =>
    ((values.count === 1 && words[`${name}.one`]) || (words[name] ?? name)).replace(/\{(\w+)\}/g, (_, slot) => values[slot] ?? "");
}
