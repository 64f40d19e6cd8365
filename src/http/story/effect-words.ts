/** What became of a message or call, in words that follow the name of its node. */
import type { DeliveryRow } from '../../db/deliveries';
import type { EffectRow } from '../../db/effects';
import { inSentence, quoted } from '../words';
import { when, withReadableInstants } from './line';
import { heldBackWords, wordsOf } from './reasons';

/** How a doubt was settled, behind "was handed over". */
const SETTLED: Readonly<Record<string, string>> = {
  found: ', which the mail server confirmed when nobody knew',
  event: ', which an event proved when nobody knew',
  answered: ', though for a while nobody knew',
  absent_resent: ' at another try: the one before had not arrived',
  resent: ' once more, since nobody knew whether it had arrived',
};

const NOUNS: Readonly<Record<string, string>> = { email: 'mail', notification: 'notification' };

/** "the mail "Your invoice is due"". */
export function messageName({ channel, subject }: DeliveryRow): string {
  const noun = `the ${NOUNS[channel] ?? 'message'}`;
  return subject === null ? noun : `${noun} ${quoted(subject)}`;
}

export function messageWords(delivery: DeliveryRow, isOpen: boolean): string {
  const { status, toAddress, attempt, resolution, deferredUntil } = delivery;
  const name = messageName(delivery);
  const to = toAddress === null ? '' : ` to ${toAddress}`;
  switch (status) {
    case 'sent':
      return `${name} was handed over${to}${SETTLED[resolution ?? ''] ?? ''}`;
    case 'claimed':
      return `${name} is on its way${to}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
    case 'unknown':
      return `nobody knows whether ${name} was handed over${to}${isOpen ? ', so she waits until something proves it' : ''}`;
    case 'failed':
      return `${name} was not sent: ${failureWords(delivery)}${isOpen ? '; it is tried again' : ''}`;
    case 'deferred':
      return `${name} is put off${deferredUntil === null ? '' : ` until ${when(deferredUntil)}`}: ${whyNot(delivery).replace(NEXT, '')}`;
    case 'blocked':
      return `${name} was not sent: ${whyNot(delivery)}`;
  }
}

/** Why a message was held back. */
export function whyNot(delivery: DeliveryRow): string {
  const { reason, receipt } = delivery;
  if (reason === 'unsubscribed') return refusedChannelWords(delivery);
  if (receipt === null) return heldBackWords(reason ?? 'unknown');
  return withReadableInstants(inSentence(receipt));
}

/** Where a sentence has told until when already. */
const NEXT = /, next possible at .*$/;

/** "the mail waits for the end of quiet hours, until …". */
export function deferredWords({ channel, reason, deferredUntil }: DeliveryRow): string {
  const noun = `the ${NOUNS[channel] ?? 'message'}`;
  const until = deferredUntil === null ? '' : `, until ${when(deferredUntil)}`;
  return reason === 'quiet_hours'
    ? `${noun} waits for the end of quiet hours${until}`
    : `${noun} waits for room under the cap on messages${until}`;
}

/** What she has refused: a receipt was written where it was the topic alone. */
function refusedChannelWords({ channel, topic, receipt }: DeliveryRow): string {
  const left =
    topic !== null && receipt !== null
      ? `the topic ${quoted(topic)} of the channel ${quoted(channel)}`
      : `the channel ${quoted(channel)}`;
  return `she has refused ${left}`;
}

/** Why a message could not be sent. */
export function failureWords({ reason, providerResponse }: DeliveryRow): string {
  const said = providerResponse === null || providerResponse === '' ? '' : ` (${providerResponse})`;
  return `${wordsOf(reason ?? 'email.refused')}${said}`;
}

/** Null where the end of the step says it. */
export function callWords({ status, attempt, reason }: EffectRow, isOpen: boolean): string | null {
  const why = reason === null ? '' : ` (${wordsOf(reason)})`;
  if (status === 'unknown') return `nobody knows whether the call was taken${why}`;
  if (!isOpen) return null;
  if (status === 'claimed') return `the call is under way (attempt ${attempt})`;
  return `the call was begun${why}, attempt ${attempt}, and is tried again`;
}
