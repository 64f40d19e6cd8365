import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { openMailJournal } from '../../src/dev/mail-journal';
import type { CaughtMail } from '../../src/dev/caught-mail';
import { closedFolder, removeFolders } from './folders';

let path: string;
beforeEach(() => {
  path = join(closedFolder(), 'mails.ndjson');
});
afterEach(() => removeFolders());

const mail = (number: number, text = 'Text'): CaughtMail => ({
  ...{ number, text, to: 'ada@example.com', from: 'shop@example.com', subject: `Mail ${number}` },
  ...{
    html: null,
    headers: {},
    messageId: `<${number}@x>`,
    receivedAt: '2026-01-01T00:00:00.000Z',
  },
});

async function append(...mails: readonly CaughtMail[]): Promise<void> {
  const { journal } = await openMailJournal(path);
  for (const one of mails) await journal.append(one);
}

const kept = async (limits?: { mails: number; bytes: number }) =>
  (await openMailJournal(path, limits)).kept.map(({ mail: one }) => one);

test('a file that is not there holds nothing, and what is noted is read back as it was', async () => {
  expect(await kept()).toEqual([]);
  const odd = mail(2, 'line\nbreak, \u2028 separator, "quotes", 你好');
  await append(mail(1), odd);
  expect(await kept()).toEqual([mail(1), odd]);
  expect(statSync(path).mode & 0o077).toBe(0);
});

test('a last entry that was torn, wherever, costs neither those before it nor those after it', async () => {
  await append(mail(1));
  const before = statSync(path).size;
  await append(mail(2));
  const whole = statSync(path).size;
  const text = readFileSync(path, 'utf8');
  // The last byte is the line break: without that the entry itself is whole.
  for (let size = before; size < whole - 1; size += 7) {
    truncateSync(path, 0);
    appendFileSync(path, text);
    truncateSync(path, size);
    await append(mail(3));
    expect((await kept()).map(({ number }) => number)).toEqual([1, 3]);
  }
});

test('the file keeps the newest mails, and does not grow without bounds', async () => {
  const limits = { mails: 10, bytes: 1_000_000 };
  const { journal } = await openMailJournal(path, limits);
  for (let number = 1; number <= 95; number += 1) await journal.append(mail(number));
  expect((await kept(limits)).map(({ number }) => number)).toEqual(
    Array.from({ length: 10 }, (_, index) => 86 + index),
  );
  expect(readFileSync(path, 'utf8').split('\n').filter(Boolean).length).toBeLessThanOrEqual(20);
});

test('large mails leave room for fewer', async () => {
  const limits = { mails: 100, bytes: 5_000 };
  const { journal } = await openMailJournal(path, limits);
  for (let number = 1; number <= 20; number += 1)
    await journal.append(mail(number, 'x'.repeat(2_000)));
  expect((await kept(limits)).map(({ number }) => number)).toEqual([19, 20]);
  expect(statSync(path).size).toBeLessThan(3 * limits.bytes);
});

test('a mail larger than all the room is kept alone', async () => {
  await append(mail(1), mail(2, 'x'.repeat(2_000)));
  expect((await kept({ mails: 10, bytes: 500 })).map(({ number }) => number)).toEqual([2]);
});
