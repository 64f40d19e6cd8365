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
  [{ text: 'x' }, 'subject'],
  [{ subject: 'x' }, 'html'],
  [{ ...mail, from: { email: 'nobody' } }, 'from.email'],
  [{ ...mail, onUnknown: 'pray' }, 'onUnknown'],
])('refuses %j', (data, field) => {
  expect(problemsOf('send_email', data).join()).toContain(field);
});
