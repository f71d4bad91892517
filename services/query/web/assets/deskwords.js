// The words of the pages at a desk in both languages; those that all pages share are in words.js.

import { DESK_EN } from "./deskenglish.js";
import { DESK_VI } from "./deskvietnamese.js";
import { FLOOR_EN } from "./floorenglish.js";
import { FLOOR_VI } from "./floorvietnamese.js";
import { speaker } from "./words.js";

export const DESK_WORDS = { en: { ...DESK_EN, ...FLOOR_EN }, vi: { ...DESK_VI, ...FLOOR_VI } };

/** Return the speaker of a language: (word, values) -> text; shared words where it has none.
 *
 * Laws: a slot without a value stays as it is: sentences get their controls there.
 */
export function deskSpeaker(language) {
  const shared = speaker(language);
  const own = DESK_WORDS[language];
  return (name, values = {}) =>
    name in own ? own[name].replace(/\{(\w+)\}/g, (given, slot) => values[slot] ?? given) : shared(name, values);
}
