import { sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from '../../src/db/client';
import { closeEnrollment } from '../../src/db/enrollments';
import { foldEnds, markEnds } from '../../src/db/fold';
import { forgetEnrollments } from '../../src/db/forget';
import {
  type Asked,
  countPeople,
  countVariants,
  countVisits,
  durationsOf,
} from '../../src/db/stats';
import { memoStep } from '../../src/db/steps';
import { folding } from '../../src/temporal/fold';
import { admit } from '../support/admit';
import { eventually } from '../support/eventually';
import { fileDatabase } from '../support/file-database';
import { AT, chance, happens, type Person } from './random-life';
import { contactId, workflowId } from './rows';

const t = fileDatabase();
const { inside } = t;
let relay: Database;
beforeAll(async () => {
  relay = await t.open({ role: 'throughline_relay', max: 4 });
});

const LATER = new Date('2100-01-01T00:00:00Z');

/** Folds all that has ended; transactions of other tests are over soon. */
async function fold(): Promise<void> {
  const mark = await markEnds(relay);
  if (mark === null) return;
  await eventually('it is folded', async () => (await foldEnds(relay, mark, 1_000_000)) === 0);
}

const answered = (asked: Asked) =>
  inside(async (tx) => ({
    people: await countPeople(tx, asked),
    durations: await durationsOf(tx, asked),
    visits: await countVisits(tx, asked),
    variants: await countVariants(tx, asked, ['which', 'again']),
  }));

/** The same, counted from the rows alone. */
async function counted({ workflowId: id, version }: Asked) {
  const theirs = t.admin`e.workflow_id = ${id}
    and (${version}::int is null or coalesce(e.entered_version, e.version) = ${version})`;
  const visits = t.admin`s.workflow_id = ${id} and (${version}::int is null or s.version = ${version})`;
  const [durations] = await t.admin`
    select count, parts[1] / 1000 as p50, parts[2] / 1000 as p95 from (
      select count(*)::int as count, percentile_cont(array[0.5, 0.95]) within group (
        order by throughline.rounded_ms(e.started_at, e.ended_at)::float8) as parts
      from enrollments e where ${theirs} and e.status in ('completed', 'goal_reached', 'exited')) x`;
  return {
    people: await t.admin`
      select e.status, e.goal_id as "goalId", count(*)::int as count,
        (count(*) filter (where e.retries > 0))::int as retried
      from enrollments e where ${theirs} group by 1, 2 order by 1, 2`,
    durations,
    visits: await t.admin`
      select s.node_id as "nodeId", s.status, s.port, count(*)::int as count
      from steps s where ${visits} group by 1, 2, 3 order by 1, 2, 3`,
    variants: await t.admin`
      select s.node_id as "nodeId", s.port, count(*)::int as people,
        (count(*) filter (where e.ended_at is not null))::int as ended,
        (count(*) filter (where e.status = 'failed'))::int as failed,
        count(e.goal_id)::int as "goalReached"
      from steps s join enrollments e on e.id = s.enrollment_id
      where ${visits} and s.node_id in ('which', 'again') and s.visit = 1 and s.port is not null
      group by 1, 2 order by 1, 2`,
  };
}

async function expectTheSame(id: string): Promise<void> {
  for (const version of [null, 1, 2]) {
    const asked = { workflowId: id, version };
    const [answer, truth] = [await answered(asked), await counted(asked)];
    const rows = (list: readonly object[]) => list.map((row) => ({ ...row }));
    expect(rows(answer.people)).toEqual(rows(truth.people));
    expect(rows(answer.visits)).toEqual(rows(truth.visits));
    expect(rows(answer.variants)).toEqual(rows(truth.variants));
    const { p50, p95 } = truth.durations as { p50: number | null; p95: number | null };
    expect(answer.durations).toEqual({
      count: truth.durations?.['count'] as number,
      p50: p50 === null ? null : (expect.closeTo(p50, 6) as number),
      p95: p95 === null ? null : (expect.closeTo(p95, 6) as number),
    });
  }
}

/** Lets a person in, now and then into the second version. */
async function comes(workflow: string, random: (below: number) => number): Promise<Person> {
  const version = 1 + random(2);
  return inside(async (tx) => {
    const row = await admit(tx, { workflowId: workflow, contactId: await contactId(tx), at: AT });
    await tx.execute(
      sql`update enrollments set version = ${version}, entered_version = ${version} where id = ${row.id}`,
    );
    return { id: row.id, visit: 1, open: null, status: 'open' };
  });
}

/** A transaction that commits when it is told to, while others end theirs. */
function lingering(work: (tx: Tx) => Promise<void>) {
  let commit: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let began: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    began = resolve;
  });
  const done = inside(async (tx) => {
    await work(tx);
    began();
    await told;
  });
  return { written: Promise.race([written, done]), commit: () => (commit(), done) };
}

/** A workflow and its people, of whom one may be in the hands of a transaction that lasts. */
class History {
  private readonly people: Person[] = [];
  private late: { readonly person: Person; readonly commit: () => Promise<void> } | null = null;

  constructor(
    private readonly workflow: string,
    private readonly random: (below: number) => number,
  ) {}

  async goesOn(): Promise<void> {
    const dice = this.random(20);
    if (dice < 3 || this.people.length === 0)
      this.people.push(await comes(this.workflow, this.random));
    else if (dice === 3) await this.folds();
    else if (dice === 4) await this.forgets();
    else if (dice === 5) await this.commits();
    else await this.moves(dice === 6 && this.late === null);
  }

  async commits(): Promise<void> {
    await this.late?.commit();
    this.late = null;
  }

  private async folds(): Promise<void> {
    const mark = await markEnds(relay);
    if (mark !== null) await foldEnds(relay, mark, 1 + this.random(20));
  }

  private async forgets(): Promise<void> {
    const ended = this.people.filter(
      (each) => each !== this.late?.person && each.status !== 'open',
    );
    const from = this.random(ended.length + 1);
    const forgotten = ended.slice(from, from + 2);
    const ids = forgotten.map(({ id }) => id);
    if (ids.length > 0) await inside((tx) => forgetEnrollments(tx, ids, LATER));
    for (const each of forgotten) this.people.splice(this.people.indexOf(each), 1);
  }

  private async moves(lingers: boolean): Promise<void> {
    const person = this.people[this.random(this.people.length)];
    if (person === undefined || person === this.late?.person) return;
    const work = (tx: Tx) => happens(tx, person, this.random);
    if (!lingers) return inside(work);
    const { written, commit } = lingering(work);
    await written;
    this.late = { person, commit };
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  'whenever it is folded, figures are those of a plain count (%d)',
  async (seed) => {
    const workflow = await inside((tx) => workflowId(tx));
    const history = new History(workflow, chance(seed));
    for (let turn = 0; turn < 200; turn += 1) {
      await history.goesOn();
      if (turn % 25 === 0) await expectTheSame(workflow);
    }
    await history.commits();
    await expectTheSame(workflow);
    await fold();
    await expectTheSame(workflow);
  },
);

const folded = async () => {
  const [row] =
    await t.admin`select coalesce(sum(count), 0)::int as n from workflow_counts where what = 'visit'`;
  return row?.['n'] as number;
};

/** A person with a visit that has ended. */
async function visited(tx: Tx): Promise<{ workflow: string; id: string }> {
  const workflow = await workflowId(tx);
  const { id } = await admit(tx, { workflowId: workflow, contactId: await contactId(tx), at: AT });
  const visit = { enrollmentId: id, nodeId: 'which', visit: 1, nodeType: 'split' };
  await memoStep(tx, { ...visit, status: 'completed', port: 'a', startedAt: AT, endedAt: AT });
  return { workflow, id };
}

test('an end is not folded before each transaction that ended something earlier is over', async () => {
  await fold();
  const before = await folded();
  const late = lingering(async (tx) => void (await visited(tx)));
  await late.written;
  await inside(visited);
  const mark = await markEnds(relay);
  if (mark === null) throw new Error('Nothing to fold.');
  expect(await foldEnds(relay, mark, 1_000)).toBeNull();
  expect(await folded()).toBe(before);
  await late.commit();
  await eventually('both are folded', async () => (await foldEnds(relay, mark, 1_000)) === 0);
  expect(await folded()).toBe(before + 2);
});

test('two that fold at once wait for each other, and count everything once', async () => {
  await fold();
  const before = await folded();
  for (let each = 0; each < 5; each += 1) await inside(visited);
  const mark = await markEnds(relay);
  if (mark === null) throw new Error('Nothing to fold.');
  // Older than both: only the lock holds them up.
  const early = { ...mark, markedIn: '1' };
  const both = await t.admin.begin(async (tx) => {
    await tx`select from throughline.folded for update`;
    const folds = [foldEnds(relay, early, 1_000), foldEnds(relay, early, 1_000)];
    await eventually('both wait', async () => {
      const [waiting] = await t.admin`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%throughline.fold(%'`;
      return waiting?.['n'] === 2;
    });
    return { folds };
  });
  expect(await Promise.all(both.folds)).toEqual([0, 0]);
  expect(await folded()).toBe(before + 5);
});

test('the chore folds all that has ended', async () => {
  await inside(visited);
  await eventually('all is folded', async () => {
    await folding(relay).run(null, new AbortController().signal);
    return (await markEnds(relay)) === null;
  });
});

test('what is deleted while it is being folded is not counted', async () => {
  await fold();
  const before = await folded();
  const { id } = await inside(async (tx) => {
    const made = await visited(tx);
    await closeEnrollment(tx, made.id, { status: 'completed', at: AT });
    return made;
  });
  const forgetting = lingering(async (tx) => void (await forgetEnrollments(tx, [id], LATER)));
  await forgetting.written;
  const [{ end_sequence: last } = { end_sequence: '0' }] = await t.admin`
    select last_value as end_sequence from throughline.ends`;
  // Older than the one that deletes: only the lock holds it up.
  const mark = { upTo: String(last), markedIn: '1' };
  const folds = foldEnds(relay, mark, 1_000);
  expect(await Promise.race([folds, sleep(200, 'waits')])).toBe('waits');
  await forgetting.commit();
  expect(await folds).toBe(0);
  expect(await folded()).toBe(before);
});

test('what was there before the counts is in them, and taken out when it is deleted', async () => {
  const { workflow, id } = await inside(async (tx) => {
    const made = await visited(tx);
    await closeEnrollment(tx, made.id, { status: 'completed', at: AT });
    return made;
  });
  await fold();
  await t.admin`update steps set end_sequence = null where enrollment_id = ${id}`;
  await t.admin`update enrollments set end_sequence = null where id = ${id}`;
  await expectTheSame(workflow);
  await inside((tx) => forgetEnrollments(tx, [id], LATER));
  await expectTheSame(workflow);
});
