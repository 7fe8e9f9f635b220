/**
 * Words of data by language: which text of a checklist line, a product, a part or a fault word somebody reads, and whether it is
 * another language's. The rule is that of `mobile_contract/shapes/texts.py`; `vectors/texts.json` holds the two together.
 */
import type { Json } from './fit.js';

const ENGLISH = 'en';
const UNKNOWN = 'und';

/** A text, and the tag of its language where that is not the wanted one; null: it is. */
export interface Chosen {
  text: string;
  fallback: string | null;
}

/** The text in a language: its own, else the English one, else the plain one, whose language may be `und`: nobody wrote it down. */
export function textFor(texts: Readonly<Record<string, string>> | null | undefined, plain: string, locale: string): Chosen {
  const byTag = new Map(Object.entries(texts ?? {}).filter(([, text]) => text));
  const own = byTag.get(locale);
  if (own !== undefined) return { text: own, fallback: null };
  const english = byTag.get(ENGLISH);
  if (english !== undefined) return { text: english, fallback: ENGLISH };
  const tag = [...byTag.keys()].sort().find((one) => byTag.get(one) === plain);
  return { text: plain, fallback: tag ?? UNKNOWN };
}

/** The text of a row (`name`, with `names` beside it) as a line of a report has it: with `name_locale` where it is a fallback. */
export function lineText(row: Json, member: string, locale: string, shownAs = member): Json {
  const { text, fallback } = textFor(row[`${member}s`] as Record<string, string> | undefined, String(row[member]), locale);
  return { [shownAs]: text, ...(fallback ? { [`${shownAs}_locale`]: fallback } : {}) };
}

/** A fault word as the `fault` of a report has it, under its role: `{cause: '磨损'}`. One without any text is its code. */
export function faultText(word: Json, locale: string): Json {
  return lineText({ ...word, label: word['code'] }, 'label', locale, String(word['role']));
}

/** An answer as a line of a report has it: yes and no of a line that asks for one of them are true and false, which pages say in their language. */
export function lineAnswer(kind: string, answer: Json[string]): Json[string] {
  return kind === 'yes_no' && (answer === 'yes' || answer === 'no') ? answer === 'yes' : answer;
}
