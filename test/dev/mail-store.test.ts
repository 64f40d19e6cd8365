import { MailStore } from '../../src/dev/mail-store';

const arrival = (subject: string) => ({
  raw: Buffer.from(`Subject: ${subject}\r\n\r\nText\r\n`),
  envelopeFrom: 'shop@example.com',
  recipients: ['ada@example.com'],
  receivedAt: new Date('2026-01-01T00:00:00Z'),
});

test('only the newest mails are kept', async () => {
  const store = new MailStore({ mails: 2, bytes: 1_000_000 });
  for (const subject of ['a', 'b', 'c']) await store.add(arrival(subject));
  expect(store.list().map(({ subject }) => subject)).toEqual(['c', 'b']);
});

test('old mails make room for large ones', async () => {
  const store = new MailStore({ mails: 100, bytes: 30 });
  for (const subject of ['a', 'b', 'c']) await store.add(arrival(subject));
  expect(store.list().map(({ subject }) => subject)).toEqual(['c']);
});

test('mails that arrive together stay in the order of arrival', async () => {
  const store = new MailStore();
  const subjects = Array.from({ length: 50 }, (_, index) => `mail ${index}`);
  await Promise.all(subjects.map((subject) => store.add(arrival(subject))));
  expect(store.list().map(({ subject }) => subject)).toEqual(subjects.reverse());
});
