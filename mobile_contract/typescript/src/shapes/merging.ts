/** Free text that several people change; the rules are those of `mobile_contract/shapes/merging.py`. */
const SEPARATOR = '\n\n';

/** Free text after a change that was made over `was`: both texts where somebody else changed it, the earlier first, and nothing twice. */
export function mergeText(now: string, was: string, wanted: string): string {
  if (now === was || now === wanted) return wanted;
  const known = `${SEPARATOR}${now}${SEPARATOR}`.includes(`${SEPARATOR}${wanted}${SEPARATOR}`);
  return wanted === '' || wanted === was || known ? now : `${now}${SEPARATOR}${wanted}`;
}

/** What several people say, each once and in their order. */
export function joined(texts: readonly string[]): string {
  return [...new Set(texts.filter((text) => text.trim() !== ''))].join(SEPARATOR);
}
