import { figuresOf } from '../../src/db/figures';
import type { Database } from '../../src/db/client';
import { enqueue } from '../../src/db/outbox';
import { newId } from '../../src/ids';
import { onScrape, scrape } from '../../src/metrics';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { contactId, delivery } from './rows';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());

const valueOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1] ?? Number.NaN,
  );

test('what lies in the database is counted for all workspaces whenever somebody asks, by the relay alone', async () => {
  const other = await t.newWorkspace();
  for (const workspaceId of [t.workspaceId, other])
    await t.db.inWorkspace(workspaceId, async (tx) => {
      await enqueue(tx, { kind: 'bell', payload: {}, lane: 'bulk' });
      const of = { contactId: await contactId(tx), claimedAt: new Date() };
      await delivery(tx, { ...of, effectKey: newId() });
      await delivery(tx, { ...of, effectKey: newId() });
    });
  await t.admin`update outbox set created_at = now() - interval '1 hour' where workspace_id = ${other}`;
  await t.admin`update deliveries set status = 'unknown' where workspace_id = ${other}`;
  const end = onScrape(figuresOf(relay));
  const { text } = await scrape();
  end();
  expect(valueOf(text, 'throughline_outbox_rows{lane="bulk"}')).toBe(2);
  expect(valueOf(text, 'throughline_outbox_rows{lane="live"}')).toBe(0);
  const oldest = valueOf(text, 'throughline_outbox_oldest_seconds{lane="bulk"}');
  expect([oldest >= 3_600, oldest < 3_700]).toEqual([true, true]);
  expect(valueOf(text, 'throughline_messages_in_doubt{channel="email"}')).toBe(2);
  expect(valueOf(text, 'throughline_stuck_enrollments{reason="wait_over"}')).toBe(0);
  expect(valueOf(text, 'throughline_jobs{status="running"}')).toBe(0);
  await expect(figuresOf(t.db)()).rejects.toMatchObject({ code: '42501' });
});

test('a database that does not answer leaves its figures out, and the others stay', async () => {
  const end = onScrape(figuresOf(t.db));
  const { text } = await scrape();
  end();
  expect(text).not.toContain('throughline_outbox_rows{');
  expect(text).toContain('# HELP throughline_steps_total');
});
