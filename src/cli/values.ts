/** Values of options, read strictly: what does not fit is named with the option. */
import { parseDuration } from '../journey/duration';
import { didYouMean, suggestion } from '../language/suggest';
import { UsageError } from './usage-error';

/** One of the words that an option takes. */
export function oneOf<const T extends string>(
  given: string,
  words: readonly T[],
  option: string,
): T {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const hint = didYouMean(suggestion(given, words));
  throw new UsageError(`${option} takes ${words.join(', ')}; "${given}" is none of them.${hint}`);
}

/** A whole number from 1 on. */
export function wholeNumber(given: string, option: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new UsageError(`${option} takes a whole number from 1 on, which "${given}" is not.`);
}

/** Milliseconds of a length of time. */
export function lengthOf(given: string, option: string): number {
  const milliseconds = parseDuration(given);
  if (milliseconds !== null && milliseconds >= 0) return milliseconds;
  throw new UsageError(
    `${option} takes a length of time such as 30s or 2m, which "${given}" is not.`,
  );
}

/** From `from=to` texts to what leads where. */
export function pairsOf(given: readonly string[], option: string): Record<string, string> {
  const pairs = given.map((text): [string, string] => {
    const [, from = '', to = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (from === '') throw new UsageError(`${option} takes from=to, which "${text}" is not.`);
    return [from, to];
  });
  return Object.fromEntries(pairs);
}

/** The one name that a command takes. */
export function onlyName(names: readonly string[], what: string): string {
  const [name, second] = names;
  if (name === undefined) throw new UsageError(`Name ${what}.`);
  if (second === undefined) return name;
  throw new UsageError(`One name is enough; "${second}" is one more.`);
}
