/** What the demo says at its end: who, what, why, and whether the mail server agrees. */
import type { DemoContext } from '../demo-context';
import { cityOf } from './cast';
import type { Waits } from './definition';
import { paymentOf } from './expect';
import { journeyWords, type Outage, reasonWords, seconds } from './explain';
import type { DeliveryFact, PersonFacts } from './facts';
import type { Kill } from './kill';
import { type Column, table } from './table';
import { inDoubt } from './verify';

const COLUMNS: readonly Column[] = [
  { title: '#', width: 2 },
  { title: 'who', width: 7 },
  { title: 'lives in', width: 9 },
  { title: 'journey', width: 45 },
  { title: 'mail', width: 4 },
  { title: 'outcome', width: 12 },
  { title: 'why', width: 29 },
];

/** One line per person. A star marks mails that the kill left in doubt. */
export function peopleTable(
  all: readonly PersonFacts[],
  waits: Waits,
  kill: Kill | null,
  outage: Outage | null,
): string[] {
  const doubted = new Set(kill === null ? [] : inDoubt(all, kill).map(({ facts }) => facts.person));
  const rows = all.map((facts) => {
    const { person, enrollment, mails, deliveries } = facts;
    const sent = deliveries.filter(({ status }) => status === 'sent').length;
    return [
      String(person.number),
      person.vip ? `${person.name} ♦` : person.name,
      cityOf(person),
      journeyWords(facts),
      `${mails?.length ?? sent}${doubted.has(person) ? ' *' : ''}`,
      enrollment.status.replace('_', ' '),
      reasonWords(facts, waits, outage),
    ];
  });
  return table(COLUMNS, rows);
}

/** How each send that the kill interrupted was settled. */
export function doubtLines(all: readonly PersonFacts[], kill: Kill): string[] {
  const doubts = inDoubt(all, kill);
  if (doubts.length === 0) return [];
  return [
    '* In flight when the worker was killed: the mail server had the mail, and nobody was left to hear it say so. Such a',
    '  delivery is "unknown" until it was looked up by its Message-ID; before that, nothing is sent again.',
    ...doubts.map(
      ({ facts, delivery }) =>
        `    ${facts.person.name.padEnd(7)}${delivery.messageId}  ${settlement(delivery)}`,
    ),
  ];
}

/** By resolution: what settled it, and what followed. */
const SETTLED: Readonly<Record<string, readonly [answer: string, consequence: string]>> = {
  found: ['found', 'not sent again'],
  event: ['opened meanwhile', 'not sent again'],
  answered: ['answered', 'not sent again'],
  absent_resent: ['absent', 'sent again'],
  not_resent: ['absent', 'paid: not sent'],
  resent: ['no answer', 'sent again'],
};

function settlement({ resolution, claimedAt, resolvedAt }: DeliveryFact): string {
  if (resolution === null) return 'unknown: nobody can be asked, not sent again';
  const [answer, consequence] = SETTLED[resolution] ?? [resolution, 'open'];
  // Sent again it was claimed again, and the first claim's time is gone.
  const elapsed = (resolvedAt?.getTime() ?? 0) - (claimedAt?.getTime() ?? 0);
  const after = consequence === 'sent again' ? '' : ` after ${seconds(elapsed)}`;
  return `unknown → ${answer}${after}, ${consequence}`;
}

/** What was compared with the mail server, in one line. */
export function mailLine(all: readonly PersonFacts[]): string {
  const sends = all.flatMap((facts) => facts.deliveries.filter(({ status }) => status === 'sent'));
  const payers = all.filter((facts) => paymentOf(facts) !== undefined).length;
  if (all.some(({ mails }) => mails === null))
    return `${sends.length} mails went to the server of SMTP_URL, none after a payment; only the catcher could count arrivals.`;
  const arrived = all.flatMap(({ mails }) => mails ?? []).length;
  return `Mail server: ${sends.length} mails expected, ${arrived} arrived, each once; ${payers} people paid, and no mail followed a payment.`;
}

/** Where a person can look at what happened. */
export function whereToLook(context: DemoContext, workflowKey: string): string[] {
  const query = `ThroughlineWorkflow="${workflowKey}"`;
  const { temporalUi, temporalNamespace } = context;
  const journeys = temporalUi
    ? `${temporalUi}/namespaces/${temporalNamespace}/workflows?query=${encodeURIComponent(query)}`
    : `your Temporal Web UI, with the query ${query}`;
  return [
    'Look around:',
    ...(context.inbox ? [`  The mails      ${context.inbox}/`] : []),
    `  The journeys   ${journeys}`,
  ];
}
