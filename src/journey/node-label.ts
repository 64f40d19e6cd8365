import type { GraphNode } from './graph';

/** What operators read at a node: its name, if it has one, and what it does there. */
export function labelOf({ id, type, config, label }: GraphNode): string {
  const words = type.label?.(config, label) ?? label;
  return label === id || words.includes(label) ? words : `${label}: ${inSentence(words)}`;
}

/** "Wait 1 day" behind a colon; an abbreviation stays as it is. */
function inSentence(words: string): string {
  return /^\p{Lu}\p{Ll}/u.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}
