import {
  countEvents,
  type EventInput,
  findEvent,
  listEvents,
  recordEvent,
} from '../../src/db/events';
import { newId } from '../../src/ids';
import { fileDatabase } from '../support/file-database';
import * as rows from './rows';

const { instant } = rows;
const t = fileDatabase();
const { inside } = t;
let contactId: string;
beforeEach(async () => {
  contactId = await inside(rows.contactId);
});

const record = (type: string, time: string, more: Partial<EventInput> = {}) =>
  inside((tx) =>
    recordEvent(tx, {
      contactId,
      type,
      occurredAt: instant(time),
      receivedAt: instant('20:00:00'),
      ...more,
    }),
  );
const find = (search: Partial<Parameters<typeof findEvent>[1]>) =>
  inside((tx) => findEvent(tx, { contactId, types: ['cart.paid'], ...search }));
const outboxOf = (eventId: string) =>
  t.admin`select 1 from outbox where payload ->> 'eventId' = ${eventId}`;

test('the same external id counts once under twenty concurrent calls, and leaves one row for the relay', async () => {
  const externalId = newId();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => record('cart.paid', '09:00:00', { externalId })),
  );
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  const ids = new Set(answers.map(({ event }) => event.id));
  expect(ids.size).toBe(1);
  expect(await outboxOf([...ids][0] ?? '')).toHaveLength(1);
  expect(await inside((tx) => countEvents(tx, { contactId, type: 'cart.paid' }))).toBe(1);
});

test('another workspace may use the same external id', async () => {
  const externalId = newId();
  await record('cart.paid', '09:00:00', { externalId });
  const other = await t.db.inWorkspace(await t.newWorkspace(), async (tx) =>
    recordEvent(tx, {
      externalId,
      contactId: await rows.contactId(tx),
      type: 'cart.paid',
      occurredAt: instant('09:00:00'),
      receivedAt: instant('09:00:00'),
    }),
  );
  expect(other.duplicate).toBe(false);
});

test('an id whose event was erased is free again', async () => {
  const externalId = newId();
  const { event } = await record('cart.paid', '09:00:00', { externalId });
  await t.admin`delete from events where id = ${event.id}`;
  const second = await record('cart.paid', '10:00:00', { externalId });
  expect(second.duplicate).toBe(false);
  expect(await record('cart.paid', '11:00:00', { externalId })).toMatchObject({
    duplicate: true,
    event: { id: second.event.id },
  });
});

test('the earliest event is found by occurrence, then by order of receipt', async () => {
  const late = await record('cart.paid', '12:00:00');
  const first = await record('cart.paid', '10:00:00');
  const twin = await record('cart.paid', '10:00:00');
  const early = await record('cart.viewed', '09:00:00');
  expect((await find({}))?.id).toBe(first.event.id);
  expect((await find({ types: ['cart.viewed', 'cart.paid'] }))?.id).toBe(early.event.id);
  expect((await find({ excludeIds: [first.event.id] }))?.id).toBe(twin.event.id);
  expect((await find({ excludeIds: [first.event.id, twin.event.id] }))?.id).toBe(late.event.id);
  expect(await find({ types: ['none'] })).toBeNull();
});

test('both ends of the interval belong to it', async () => {
  const { event } = await record('cart.paid', '10:00:00.500');
  const within = async (from: string, to: string) =>
    (await find({ from: instant(from), to: instant(to) }))?.id;
  expect(await within('10:00:00.500', '10:00:00.500')).toBe(event.id);
  expect(await within('10:00:00.501', '11:00:00')).toBeUndefined();
  expect(await within('09:00:00', '10:00:00.499')).toBeUndefined();
  const count = (from: string) =>
    inside((tx) => countEvents(tx, { contactId, type: 'cart.paid', from: instant(from) }));
  expect([await count('10:00:00.500'), await count('10:00:00.501')]).toEqual([1, 0]);
  expect(
    await inside((tx) => countEvents(tx, { contactId, type: 'cart.paid', excludeId: event.id })),
  ).toBe(0);
});

test('a message event belongs to the latest message of its channel until then', async () => {
  await inside(async (tx) => {
    await rows.delivery(tx, {
      contactId,
      effectKey: 'first',
      claimedAt: instant('09:00:00'),
      messageId: '<first@x>',
    });
    await rows.delivery(tx, { contactId, effectKey: 'second', claimedAt: instant('10:00:00') });
    await rows.delivery(tx, {
      contactId,
      effectKey: 'blocked',
      claimedAt: instant('10:10:00'),
      status: 'blocked',
    });
    await rows.delivery(tx, {
      contactId,
      effectKey: 'text',
      claimedAt: instant('10:20:00'),
      channel: 'sms',
    });
    await rows.delivery(tx, { contactId, effectKey: 'third', claimedAt: instant('11:00:00') });
  });
  const keyOf = async (type: string, time: string, more: Partial<EventInput> = {}) =>
    (await record(type, time, more)).event.deliveryKey;
  expect(await keyOf('email.opened', '10:30:00')).toBe('second');
  expect(await keyOf('email.opened', '10:00:00')).toBe('second');
  expect(await keyOf('email.opened', '08:59:59')).toBeNull();
  expect(await keyOf('sms.replied', '10:30:00')).toBe('text');
  expect(await keyOf('email.clicked', '10:30:00', { properties: { messageId: '<first@x>' } })).toBe(
    'first',
  );
  expect(await keyOf('email.clicked', '10:30:00', { properties: { deliveryId: 'third' } })).toBe(
    'third',
  );
  expect(
    await keyOf('email.clicked', '10:30:00', { properties: { messageId: '<unknown@x>' } }),
  ).toBeNull();
  expect(await keyOf('email.clicked', '10:30:00', { deliveryKey: 'given' })).toBe('given');
  expect(await keyOf('cart.paid', '10:30:00')).toBeNull();
  expect(
    (await find({ types: ['email.opened', 'email.clicked'], deliveryKey: 'first' }))?.type,
  ).toBe('email.clicked');
});

test('a message of another contact is never the one meant', async () => {
  await inside(async (tx) =>
    rows.delivery(tx, {
      contactId: await rows.contactId(tx),
      effectKey: newId(),
      claimedAt: instant('09:00:00'),
      messageId: '<hers@x>',
    }),
  );
  const { event } = await record('email.opened', '10:00:00', {
    properties: { messageId: '<hers@x>' },
  });
  expect(event.deliveryKey).toBeNull();
});

test('events are listed the latest first, page by page, filtered', async () => {
  for (const time of ['09:00:00', '10:00:00', '11:00:00']) await record('cart.paid', time);
  await record('cart.viewed', '12:00:00');
  const list = (cursor: string | null) =>
    inside((tx) => listEvents(tx, { contactId, type: 'cart.paid' }, { limit: 2, cursor }));
  const first = await list(null);
  const second = await list(first.nextCursor);
  const times = [...first.data, ...second.data].map((event) =>
    event.occurredAt.toISOString().slice(11, 13),
  );
  expect(times).toEqual(['11', '10', '09']);
  expect(second.nextCursor).toBeNull();
  await expect(list('nonsense')).rejects.toMatchObject({ code: 'request.invalid' });
});
