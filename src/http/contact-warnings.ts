import type { Issue } from '../errors';
import { isZone } from '../evaluate/zone';
import { didYouMean, suggestion } from '../language/suggest';

/** What is accepted of a contact, written at `place`, and will not do what its writer expects. */
export function contactWarnings(
  { timeZone }: { readonly timeZone?: string | null | undefined },
  place = '',
): readonly Issue[] {
  if (timeZone === undefined || timeZone === null || isZone(timeZone)) return [];
  const found = suggestion(timeZone, Intl.supportedValuesOf('timeZone'));
  const message = `There is no time zone "${timeZone}", so it counts as none.${didYouMean(found)} Give an IANA zone such as "Europe/Berlin".`;
  return [{ code: 'request.wrong_value', path: `${place}timeZone`, message, ...found }];
}
