/** The verdict, over facts as a run reads them: it passes when all is well, and each thing that is not makes it fail. */
import { Ledger } from '../chaos/ledger';
import type { Enrollment, Observed, Step } from '../chaos/observed';
import { judgeEffects } from '../chaos/oracle-effects';
import { type Errand, GATE } from './errands';
import { expectedOf, type Fate } from './expected';
import type { Results } from './load';
import { type Contact, judgeErrands } from './oracle';
import type { Person, Place } from './people';
import { planOf } from './plan';
import { criteriaOf, reportOf, verdictOf } from './report';
import { nothingTold } from './sends';

const AT = new Date('2026-05-04T10:00:00Z');
const ERRAND = {
  key: 'errand-0',
  stages: [
    { kind: 'mail', id: 'hello' },
    { kind: 'hear', id: GATE, event: 'load.step_1' },
    { kind: 'tag', id: 'heard' },
    { kind: 'score', id: 'point' },
    { kind: 'call', id: 'crm' },
  ],
} as unknown as Errand;
const PLACE = { id: 'workspace', home: 'w0', errands: [ERRAND] } as unknown as Place;

/** One who has gone through, and one who waits for good. */
const PEOPLE = [personOf('ada', { kind: 'through' }), personOf('eve', { kind: 'stays', heard: 0 })];

function personOf(externalId: string, fate: Fate): Person {
  const expected = expectedOf(ERRAND, fate, false);
  const rest = { email: '', way: 'call', isReordered: false } as const;
  return { place: PLACE, errand: ERRAND, externalId, fate, expected, ...rest };
}

/** Facts of a run in which all went well; the changes spoil them. */
class World {
  readonly ledger = new Ledger();
  enrollments: Enrollment[] = [enrollmentOf('ada', 'completed'), enrollmentOf('eve', 'waiting')];
  steps: Step[] = [
    ...['hello', GATE, 'heard', 'point', 'crm'].map((node) => stepOf('ada', node)),
    stepOf('eve', 'hello'),
    { ...stepOf('eve', GATE), endedAt: null, status: 'waiting', port: null },
  ];
  contacts: Contact[] = [
    { workspaceId: 'workspace', id: 'c-ada', externalId: 'ada', tags: ['heard'], score: 1 },
    { workspaceId: 'workspace', id: 'c-eve', externalId: 'eve', tags: [], score: 0 },
  ];
  more: Partial<Results> = {};

  /** What the provider takes; without `mails` none of them. */
  take(mails: readonly string[] = ['ada', 'eve'], id = 'm'): this {
    for (const who of mails)
      this.ledger.take({ channel: 'mail', id: `${id}-${who}`, ...visit(who, 'hello') });
    return this;
  }

  called(whose = 'w0/c-ada'): this {
    this.ledger.take({ channel: 'http', id: 'h-ada', ...visit('ada', 'crm'), whose });
    return this;
  }

  results(): Results {
    const { enrollments, steps, ledger } = this;
    const claims = ledger.all().map((taken) => ({ ...taken, ...SETTLED }));
    const observed: Observed = { enrollments, steps, claims, events: [], goneContacts: new Set() };
    const phase = { from: AT.getTime(), to: AT.getTime() + 1_000, cpu: { 'worker-0': 500 } };
    const reaction = { events: 1, p50: 10, p99: 20 };
    return {
      ...{ plan: planOf(['--seed', '7']), beganAt: AT.getTime(), observed, ledger },
      people: { scale: 2, soak: 0, staying: 1 },
      ...{ soakPerSecond: 1, standstills: [], told: nothingTold(), repeatedCalls: 0, samples: [] },
      strangers: { enrollmentIds: [], eventIds: [], refused: [] },
      phases: { entry: phase, storm: phase, soak: phase },
      errands: judgeErrands(PEOPLE, observed, this.contacts, ledger),
      walks: { journeys: 0, ends: {}, failures: {}, violations: [] },
      effects: judgeEffects(observed, ledger, []),
      tenancy: { questions: 4, leaks: [] },
      ...{ stuck: [], outboxLeft: 0, dispatched: { stored: 3, done: 3 }, unasked: [], rebuilt: 5 },
      histories: {
        ...{ read: 2, continued: 1, failedTasks: {}, nonDeterministic: [] },
        ...{ nonDeterminismInLogs: 0, crashes: 0 },
      },
      reactions: { storm: reaction, soak: reaction },
      timers: { wakeUps: 1, p50: 1, p99: 1, longest: 1 },
      ...this.more,
    };
  }
}

const SETTLED = { status: 'done', reason: null, attempt: 1, resolution: null };

const visit = (who: string, nodeId: string) => ({
  ...{ enrollmentId: `e-${who}`, nodeId, whose: `w0/c-${who}` },
});

function enrollmentOf(who: string, status: string): Enrollment {
  return {
    ...{ id: `e-${who}`, workspaceId: 'workspace', workflowKey: 'errand-0', contactId: `c-${who}` },
    ...{ status, goalId: null, error: null, temporalWorkflowId: who, startedAt: AT },
    endedAt: status === 'completed' ? AT : null,
  };
}

const TYPES: Readonly<Record<string, string>> = { hello: 'send_email', crm: 'webhook' };

function stepOf(who: string, nodeId: string): Step {
  const nodeType = TYPES[nodeId] ?? 'condition';
  const reason = { send_email: 'send.sent', webhook: 'call.done' }[nodeType] ?? null;
  return {
    ...{ enrollmentId: `e-${who}`, nodeId, nodeType, visit: 1, status: 'completed', port: 'next' },
    ...{ reason, startedAt: AT, endedAt: AT, writtenAt: AT, closedAt: AT },
  };
}

const well = (): World => new World().take().called();
const failed = (world: World): string[] =>
  criteriaOf(world.results())
    .filter(({ holds }) => holds === false)
    .map(({ name }) => name);

describe('the verdict', () => {
  it('is PASS when everything is as it should be, and says so at the top', () => {
    expect(failed(well())).toEqual([]);
    expect(verdictOf(well().results())).toBe('PASS');
    expect(reportOf(well().results())).toMatch(/^# Load run: PASS\n/);
  });

  const withMore = (more: Partial<Results>): World => Object.assign(well(), { more });
  const spoilt: Readonly<Record<string, () => World>> = {
    'a lost mail': () => new World().take(['eve']).called(),
    'a mail that was taken twice under one id': () => well().take(['ada']),
    'a mail that was sent twice under two ids': () => well().take(['ada'], 'again'),
    'a mail about somebody else': () => new World().take().called('w1/c-ada'),
    'a tag that is missing': () => {
      const world = well();
      world.contacts = world.contacts.map((contact) => ({ ...contact, tags: [] }));
      return world;
    },
    'a point that was counted twice': () => {
      const world = well();
      world.contacts = world.contacts.map((contact) => ({ ...contact, score: 2 }));
      return world;
    },
    'somebody who stands where she should have gone on': () => {
      const world = well();
      world.enrollments = [enrollmentOf('ada', 'waiting'), enrollmentOf('eve', 'waiting')];
      return world;
    },
    'somebody who went on where she should wait': () => {
      const world = well();
      world.enrollments = [enrollmentOf('ada', 'completed'), enrollmentOf('eve', 'completed')];
      world.steps = world.steps.map((step) => ({ ...step, endedAt: AT }));
      return world;
    },
    'somebody who entered twice': () => {
      const world = well();
      world.enrollments.push({ ...enrollmentOf('ada', 'completed'), id: 'e-other' });
      return world;
    },
    'somebody who never entered': () => {
      const world = well();
      world.enrollments = world.enrollments.slice(1);
      return world;
    },
    'somebody who is stuck': () => withMore({ stuck: ['e-ada (errand-0): step_open'] }),
    'a standstill': () => withMore({ standstills: ['the storm'] }),
    'an outbox that is not drained': () => withMore({ outboxLeft: 1 }),
    'an event that was not dispatched': () => withMore({ dispatched: { stored: 3, done: 2 } }),
    'an event that was not accepted': () => {
      const told = nothingTold();
      told.eventIds.add('event');
      return withMore({ told: { ...told, sent: 1 } });
    },
    'a workspace that sees into another': () =>
      withMore({ tenancy: { questions: 4, leaks: ['w0 is shown /contacts/c of w1'] } }),
    'a process that fell over': () => withMore({ unasked: ['worker-0 ×1'] }),
    'a failed workflow task': () =>
      withMore({ histories: { ...well().results().histories, failedTasks: { '24': 1 } } }),
    'a run in which nobody was evicted': () => withMore({ rebuilt: 0 }),
  };
  it.each(Object.entries(spoilt))('is FAIL for %s', (_, world) => {
    expect(failed(world()).length).toBeGreaterThan(0);
    expect(verdictOf(world().results())).toBe('FAIL');
  });

  it('does not mind a bell that rang at the very end', () => {
    const histories = { ...well().results().histories, failedTasks: { '1': 2 } };
    expect(failed(withMore({ histories }))).toEqual([]);
  });

  it('judges the growth of memory in runs that are long enough, and only there', () => {
    const growing = Array.from({ length: 100 }, (_, index) => ({
      at: AT.getTime() + index * 60_000,
      memory: { 'worker-0': 300 + index * 10 },
    }));
    const long = planOf(['--seed', '7', '--minutes', '120']);
    const short = planOf(['--seed', '7', '--minutes', '5']);
    expect(failed(withMore({ samples: growing, plan: long }))).toEqual([
      expect.stringContaining('Memory of worker-0'),
    ]);
    expect(failed(withMore({ samples: growing, plan: short }))).toEqual([]);
  });
});
