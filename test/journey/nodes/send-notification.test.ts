import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const note = { channel: 'email', to: 'sales@example.com', text: 'Call {{ first_name }}.\nSoon.' };

it('tells somebody, with the first line as the subject', async () => {
  const { sends, steps } = await runNode('send_notification', note);
  expect(sends).toEqual([
    {
      at: START,
      nodeId: 'it',
      channel: 'notification',
      to: 'sales@example.com',
      subject: 'Call Ada.',
      text: 'Call Ada.\nSoon.',
    },
  ]);
  expect(steps).toMatchObject([{ port: 'next', code: 'send.sent' }]);
});

it('has a subject of its own where one is given', async () => {
  const { sends } = await runNode('send_notification', { ...note, subject: '{{ last_name }}!' });
  expect(sends).toMatchObject([{ subject: '!' }]);
});

it('takes not_sent when nobody is named', async () => {
  const { sends, steps } = await runNode('send_notification', { ...note, to: '{{ last_name }}' });
  expect(sends).toEqual([]);
  expect(steps).toMatchObject([{ port: 'not_sent', code: 'send.blocked.no_address' }]);
});

it('goes to nobody without a plain address, and not with a line break in its subject', async () => {
  const told = { channel: 'email', to: 'a@example.com', text: 'x' };
  const lost = await runNode('send_notification', { ...told, to: 'a@example.com, b@example.com' });
  expect(lost.steps).toMatchObject([{ port: 'not_sent', code: 'send.blocked.invalid_address' }]);
  const broken = await runNode(
    'send_notification',
    { ...told, subject: 'a{{ variables.nl }}' },
    { variables: { nl: '\nb' } },
  );
  expect(broken).toMatchObject({ sends: [], error: { code: 'email.header_refused' } });
});

it.each([
  [{ ...note, channel: 'slack' }, 'channel: A notification is sent by "email"'],
  [{ channel: 'email', text: 'x' }, 'to'],
  [{ ...note, text: '' }, 'text: A notification cannot be empty'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('send_notification', data).join()).toContain(problem);
});
