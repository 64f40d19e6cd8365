/** What an event costs does not grow with the workflows, nor with the people who wait: counted in rows, not in time. */
import postgres from 'postgres';
import { type Kind, KINDS, openDesk, peopleFor } from '../../bench/figures/dispatching';
import { type Size, writeCrowd } from '../../bench/figures/crowd';
import { COUNTED, rowsRead } from '../../bench/figures/rows-read';
import { testDatabase } from '../support/postgres';

/** Enough that PostgreSQL has chosen its plan for good. */
const EVENTS = 12;

/** Rows that are read for one event of each kind, where so many wait. */
async function readWith(size: Size): Promise<Readonly<Record<Kind, number>>> {
  const { url, close } = await testDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const crowd = await writeCrowd(url, size);
    const read: [Kind, number][] = [];
    for (const kind of KINDS) {
      const people = await peopleFor(sql, crowd, kind, EVENTS);
      const { rows } = await rowsRead(sql, async () => {
        const desk = await openDesk(url, crowd, COUNTED);
        for (const person of people) await desk.store(kind, person);
        for (const _ of people) await desk.dispatch(kind);
        await desk.close();
      });
      read.push([kind, Math.round(rows / EVENTS)]);
      await sql`delete from outbox`;
    }
    return Object.fromEntries(read) as Record<Kind, number>;
  } finally {
    await sql.end();
    await close();
  }
}

test('an event reads no more rows behind a long outbox, also by plans of when that was empty', async () => {
  const { url, close } = await testDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const crowd = await writeCrowd(url, { workflows: 4, waiting: 40 });
    const people = await peopleFor(sql, crowd, 'heard', EVENTS);
    const readBehind = async (backlog: number) => {
      const { rows } = await rowsRead(sql, async () => {
        const desk = await openDesk(url, crowd, COUNTED);
        for (const person of people) {
          await desk.store('heard', person);
          await desk.dispatch('heard');
        }
        for (const person of people) await desk.store('heard', person);
        await sql`insert into outbox (workspace_id, id, kind, payload)
          select ${crowd.workspaceId}, uuidv7(), 'bell', '{}' from generate_series(1, ${backlog})`;
        for (const _ of people) await desk.dispatch('heard');
        await desk.close();
      });
      await sql`delete from outbox`;
      await sql`vacuum analyze outbox`;
      return Math.round(rows / EVENTS);
    };
    const short = await readBehind(0);
    expect(await readBehind(20_000)).toBeLessThan(short + 100);
  } finally {
    await sql.end();
    await close();
  }
});

test('an event reads no more rows among many workflows and many who wait than among few', async () => {
  const few = await readWith({ workflows: 10, waiting: 100 });
  const many = await readWith({ workflows: 300, waiting: 20_000 });
  const grown = KINDS.filter((kind) => many[kind] > few[kind] + 10);
  expect({ grown, few, many }).toMatchObject({ grown: [] });
}, 120_000);
