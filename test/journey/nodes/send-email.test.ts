import { problemsOf, runNode } from '../../support/node';
import { ada, START } from '../../support/simulator';

const mail = { subject: 'Hi {{ first_name }}', text: 'Your cart is waiting.' };

it('sends a rendered message to the contact', async () => {
  const { sends, steps } = await runNode('send_email', mail);
  expect(sends).toEqual([
    {
      at: START,
      channel: 'email',
      to: 'ada@example.com',
      subject: 'Hi Ada',
      text: 'Your cart is waiting.',
      nodeId: 'it',
    },
  ]);
  expect(steps).toMatchObject([{ port: 'next', reason: 'send.sent' }]);
});

const stored = {
  key: 'hello',
  version: 3,
  subject: 'Dear {{ first_name }}',
  html: '<p>{{ email }}</p>',
};

it('shows what a stored template says, to the recipient of the node', async () => {
  const { sends } = await runNode(
    'send_email',
    { template: 'hello', to: 'boss@example.com' },
    { templates: { hello: stored } },
  );
  expect(sends).toMatchObject([
    { to: 'boss@example.com', subject: 'Dear Ada', html: '<p>ada@example.com</p>' },
  ]);
});

it('sends a mail from a template that nobody knows, and shows no content', async () => {
  const { sends, steps } = await runNode('send_email', { template: 'hello' });
  expect(sends).toEqual([{ at: START, channel: 'email', to: 'ada@example.com', nodeId: 'it' }]);
  expect(steps).toMatchObject([{ port: 'next' }]);
});

it.each([
  [{ topic: 'news' }, { 'email.news': false }, 'not_sent'],
  [{ topic: 'news' }, { 'email.offers': false }, 'next'],
  [{ topic: 'news' }, { email: false, 'email.news': true }, 'not_sent'],
  [{}, { 'email.news': false }, 'next'],
  [{ purpose: 'transactional' }, { email: false, 'email.news': false }, 'next'],
])('with %j and consent %j it takes %s', async (data, consent, port) => {
  const { steps } = await runNode(
    'send_email',
    { ...mail, ...data },
    { contact: { ...ada, consent } },
  );
  expect(steps).toMatchObject([{ port }]);
});

it('takes not_sent with the reason when there is no address', async () => {
  const { sends, steps } = await runNode('send_email', mail, { contact: { ...ada, email: null } });
  expect(sends).toEqual([]);
  expect(steps).toMatchObject([{ port: 'not_sent', reason: 'send.blocked.no_address' }]);
});

it.each([
  [{ to: 'nobody' }, {}],
  [{ to: 'a@example.com, b@example.com' }, {}],
  [{ to: 'Bo <a@example.com>' }, {}],
  [{}, { email: 'not an email' }],
])('takes not_sent where %j and %j give no plain address', async (data, person) => {
  const { sends, steps } = await runNode(
    'send_email',
    { ...mail, ...data },
    { contact: { ...ada, ...person } },
  );
  expect(sends).toEqual([]);
  expect(steps).toMatchObject([{ port: 'not_sent', reason: 'send.blocked.invalid_address' }]);
});

it('fails for a line break that would begin another header', async () => {
  const { sends, error } = await runNode(
    'send_email',
    { ...mail, subject: 'a{{ variables.nl }}b' },
    { variables: { nl: 'x\nBcc: y@example.com' } },
  );
  expect({ sends, code: error?.code }).toEqual({ sends: [], code: 'email.header_refused' });
});

it.each([
  [{ text: 'x' }, 'subject'],
  [{ subject: 'x' }, 'html'],
  [{ ...mail, from: { email: 'nobody' } }, 'from.email'],
  [{ ...mail, onUnknown: 'pray' }, 'onUnknown'],
  [{ ...mail, template: 'hello' }, 'subject: The template says the subject'],
  [{ template: 'hello', html: 'x' }, 'html: The template says the HTML'],
  [{ template: 'Hello!' }, 'template: A key'],
  [{ ...mail, html: 'x', mjml: '<mjml/>' }, 'mjml: A mail has one HTML body'],
  [{ ...mail, topic: 'Big News' }, 'topic: A topic'],
  [{ ...mail, topic: 'news', purpose: 'transactional' }, 'topic: A topic is what'],
])('refuses %j', (data, field) => {
  expect(problemsOf('send_email', data).join()).toContain(field);
});
