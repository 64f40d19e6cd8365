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
])('refuses %j', (data, field) => {
  expect(problemsOf('send_email', data).join()).toContain(field);
});
