import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, CAST, type Script } from '../../src/dev/demo/cast';
import { conclude } from '../../src/dev/demo/conclude';
import { demoDefinition, NODE, OPEN, PAYMENT } from '../../src/dev/demo/definition';
import { reasonWords } from '../../src/dev/demo/explain';
import type { DeliveryFact, PersonFacts, StepFact } from '../../src/dev/demo/facts';
import type { Kill } from '../../src/dev/demo/kill';
import { doubtLines, peopleTable } from '../../src/dev/demo/report';
import type { Report } from '../../src/dev/demo/script';
import { table } from '../../src/dev/demo/table';
import { verifyPerson } from '../../src/dev/demo/verify';
import { parseDefinition } from '../../src/language/parse-definition';

const { definition, waits } = demoDefinition('test');
const at = (second: number): Date => new Date(Date.UTC(2026, 2, 27, 8, 0, 0) + second * 1_000);
const ID = '<reminder@throughline.example>';

function step(nodeId: string, port: string, from: number, to: number): StepFact {
  const reason = nodeId === NODE.vip ? `condition.${port}: has no tag "vip"` : 'reason';
  return { nodeId, port, status: 'completed', reason, startedAt: at(from), endedAt: at(to) };
}

function delivery(changes: Partial<DeliveryFact> = {}): DeliveryFact {
  const settled = { resolution: null, resolvedAt: null, reason: null };
  const times = { claimedAt: at(6), sentAt: at(6.1) };
  return { nodeId: NODE.reminder, status: 'sent', messageId: ID, ...settled, ...times, ...changes };
}

const mail = (second: number, messageId: string | null = ID) => ({
  to: 'bruno@shoppers.example',
  subject: 'Your cart',
  messageId,
  receivedAt: at(second).toISOString(),
});

function report(type: Report['type'], second: number): Report {
  const moment = at(second).getTime();
  return { type, messageId: type === OPEN ? ID : null, sentAt: moment - 20, acceptedAt: moment };
}

const stored = ({ type, messageId, sentAt }: Report) => ({
  ...{ type, messageId, deliveryKey: null },
  occurredAt: new Date(sentAt + 5),
});

function person(script: Script, changes: Partial<PersonFacts> = {}): PersonFacts {
  const known = CAST.find((one) => one.script === script && !one.vip);
  if (!known) throw new Error(`Nobody ${script}.`);
  return {
    person: known,
    enrollment: { status: 'completed', goalId: null, endedAt: at(13.2), error: null },
    steps: [
      step(NODE.pause, 'next', 0, 6),
      step(NODE.reminder, 'next', 6, 6.1),
      step(NODE.opened, 'timed_out', 6.1, 13.1),
      step(NODE.vip, 'false', 13.1, 13.1),
    ],
    deliveries: [delivery()],
    events: [],
    reports: [],
    mails: [mail(6.1)],
    tags: ['demo'],
    ...changes,
  };
}

function payer(paidAt: number, changes: Partial<PersonFacts> = {}): PersonFacts {
  const paid = report(PAYMENT, paidAt);
  return person('pays early', {
    enrollment: { status: 'goal_reached', goalId: 'paid', endedAt: at(paidAt + 0.2), error: null },
    steps: [{ ...step(NODE.pause, 'next', 0, paidAt), status: 'cancelled', port: null }],
    deliveries: [],
    mails: [],
    reports: [paid],
    events: [stored(paid)],
    ...changes,
  });
}

function opener(openedAt: number, changes: Partial<PersonFacts> = {}): PersonFacts {
  const open = report(OPEN, openedAt);
  return person('opens', {
    steps: [
      step(NODE.pause, 'next', 0, 6),
      step(NODE.reminder, 'next', 6, 6.1),
      step(NODE.opened, 'received', 6.1, openedAt),
      step(NODE.interested, 'next', openedAt, openedAt),
      step(NODE.decide, 'next', openedAt, openedAt + 5),
    ],
    reports: [open],
    events: [stored(open)],
    tags: ['demo', 'opened-cart-reminder'],
    ...changes,
  });
}

const problemsOf = (facts: PersonFacts): string => verifyPerson(facts, waits).join('\n');

describe('what must be true of each person', () => {
  test('journeys that went as scripted have no problem', () => {
    expect(problemsOf(person('never answers'))).toBe('');
    expect(problemsOf(payer(2.4))).toBe('');
    expect(problemsOf(opener(7))).toBe('');
  });

  test('a mail that arrived twice is found', () => {
    const twice = person('never answers', { mails: [mail(6.1), mail(17)] });
    expect(problemsOf(twice)).toBe(`Bruno: the reminder ${ID} arrived 2 times; expected once`);
  });

  test('a mail that did not arrive is found', () => {
    expect(problemsOf(person('never answers', { mails: [] }))).toContain('arrived never');
  });

  test('a mail that was never sent is found, though the steps count it', () => {
    const missing = person('never answers', { deliveries: [], mails: [] });
    expect(problemsOf(missing)).toContain('counts as sent, and there is no such delivery');
  });

  test('a mail after the payment is found', () => {
    const late = { deliveries: [delivery()], mails: [mail(6.1)] };
    expect(problemsOf(payer(2.4, late))).toContain('sent after the payment had been accepted');
  });

  test('a mail that was on its way when the payment came is none after it', () => {
    const steps = [
      step(NODE.pause, 'next', 0, 6),
      step(NODE.reminder, 'next', 6, 6.1),
      { ...step(NODE.opened, 'timed_out', 6.1, 6.3), status: 'cancelled' as const, port: null },
    ];
    const meanwhile = { steps, deliveries: [delivery()], mails: [mail(6.1)] };
    expect(problemsOf(payer(6.05, meanwhile))).toBe('');
  });

  test('a mail that no delivery knows is found', () => {
    const stray = payer(2.4, { mails: [mail(6.1, '<stray@throughline.example>')] });
    expect(problemsOf(stray)).toContain('no delivery knows: <stray@throughline.example>');
  });

  test('a stopped mail that arrived all the same is found', () => {
    const blocked = delivery({ status: 'blocked', reason: 'goal_reached' });
    expect(problemsOf(payer(2.4, { deliveries: [blocked], mails: [mail(6.1)] }))).toContain(
      'arrived once; expected never',
    );
  });

  test('a send whose fate nobody settled is found', () => {
    const open = person('never answers', { deliveries: [delivery({ status: 'unknown' })] });
    expect(problemsOf(open)).toContain('was never settled: it is still unknown');
    // Without the catcher nobody could have been asked.
    expect(problemsOf({ ...open, mails: null })).toBe('');
    expect(
      problemsOf({ ...open, mails: null, deliveries: [delivery({ status: 'claimed' })] }),
    ).toContain('still claimed');
  });

  test('a payment that did not end the journey is found', () => {
    const paid = report(PAYMENT, 3);
    const ignored = person('pays early', { reports: [paid], events: [stored(paid)] });
    expect(problemsOf(ignored)).toContain('ended as completed; expected goal_reached');
  });

  test('a payment after the end changes nothing', () => {
    const paid = report(PAYMENT, 15);
    const late = person('pays when all is over', { reports: [paid], events: [stored(paid)] });
    expect(problemsOf(late)).toBe('');
    expect(reasonWords(late, waits, null)).toBe('paid 1.8 s after the end');
  });

  test('an accepted event that is not stored is found', () => {
    expect(problemsOf(payer(2.4, { events: [] }))).toContain('is stored never');
  });

  test('an open in time that the journey overlooked is found', () => {
    const overlooked = opener(7, { steps: person('opens').steps, tags: ['demo'] });
    expect(problemsOf(overlooked)).toContain('opened:timed_out > vip:false; expected');
  });

  test('an open after the wait does not count', () => {
    const late = opener(14, { steps: person('opens').steps, tags: ['demo'] });
    expect(problemsOf(late)).toBe('');
  });

  test('a tag that no step has set is found', () => {
    const tagged = person('never answers', { tags: ['opened-cart-reminder'] });
    expect(problemsOf(tagged)).toContain('has the tag opened-cart-reminder, against the steps');
  });
});

describe('the end of the demo', () => {
  const kill: Kill = { killed: true, pid: 4711, at: at(6.5).getTime(), waiting: 17, sending: [ID] };
  const found = delivery({ resolution: 'found', resolvedAt: at(17), claimedAt: at(6) });
  const facts = [person('never answers', { deliveries: [found] }), payer(2.4), opener(7)];
  const demo = { key: 'abandoned-cart-demo-test', definition, waits };

  function concluding(all: readonly PersonFacts[], killed: Kill | null, staysUp = true) {
    const lines: string[] = [];
    const context = {
      ...{ api: 'http://127.0.0.1:1', apiKey: 'key', temporalAddress: '127.0.0.1:2' },
      ...{ temporalNamespace: 'default', temporalUi: 'http://127.0.0.1:3', databaseUrl: '' },
      ...{ smtpUrl: '', inbox: 'http://127.0.0.1:4', pids: { api: 1, worker: 2 }, home: '' },
      staysUp,
      delayMail: () => undefined,
      print: (line: string) => void lines.push(line),
    };
    const outcome = { facts: all, kill: killed, outage: null, failures: [] };
    return { asExpected: conclude(context, demo, outcome), text: lines.join('\n') };
  }

  test('says that all is well, and where to look', () => {
    const { asExpected, text } = concluding(facts, kill);
    expect(asExpected).toBe(true);
    expect(text).toContain('2 mails expected, 2 arrived, each once');
    expect(text).toContain(
      'http://127.0.0.1:3/namespaces/default/workflows?query=ThroughlineWorkflow%3D%22abandoned-cart-demo-test%22',
    );
  });

  test('says nothing of addresses that are about to end', () => {
    expect(concluding(facts, kill, false).text).not.toMatch(/Look around|http:/);
  });

  test('names what differs', () => {
    const { asExpected, text } = concluding([...facts, payer(2.4, { events: [] })], kill);
    expect(asExpected).toBe(false);
    expect(text).toContain('✗ Not as it must be:\n  - Elif: the API accepted cart.paid');
  });

  test('without a kill, or with one that left nothing in doubt, the demo has shown nothing', () => {
    expect(concluding(facts, null).asExpected).toBe(false);
    expect(concluding(facts, { ...kill, waiting: 4 }).asExpected).toBe(false);
    expect(concluding([payer(2.4)], kill).asExpected).toBe(false);
  });

  test('shows a send in doubt with its Message-ID and how it was settled', () => {
    expect(doubtLines(facts, kill).join('\n')).toContain(
      `${ID}  unknown → found after 11.0 s, not sent again`,
    );
    expect(peopleTable(facts, waits, kill, null)[2]).toContain('1 *');
  });

  test('the table fits into 120 columns, and its rows into one line each', () => {
    const wide = Array.from({ length: 7 }, () => 'x'.repeat(200));
    const rows = peopleTable(facts, waits, kill, null);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(120);
    expect(rows).toHaveLength(facts.length + 2);
    expect(table([{ title: 'a', width: 5 }], [wide]).at(-1)).toBe('xxxx…');
  });
});

describe('the cast', () => {
  test('is 24 people with addresses of their own, in zones that exist', () => {
    expect(new Set(CAST.map(addressOf)).size).toBe(24);
    for (const { timeZone } of CAST)
      expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  });

  test('travels a definition whose only warnings are about the variables that the cast brings', () => {
    const example = join(__dirname, '../../examples/abandoned-cart.json');
    for (const written of [definition, JSON.parse(readFileSync(example, 'utf8')) as unknown]) {
      const { errors, warnings } = parseDefinition(written);
      expect(errors).toEqual([]);
      expect(
        warnings.filter(({ message }) => !/"variables\.(item|cartUrl|price)"/.test(message)),
      ).toEqual([]);
    }
  });
});
