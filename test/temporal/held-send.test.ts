import { DeliveryError, type EmailChannel } from '../../src/channels/email';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';

/** Takes a mail, loses the answer, and can be asked about nothing. */
const sent: string[] = [];
const losing: EmailChannel = {
  provider: 'losing',
  async send({ messageId }) {
    sent.push(messageId);
    // Older than any connection of its attempt, so that the doubt need not be sat out.
    await world.admin`update deliveries set claimed_at = claimed_at - interval '1 minute'`;
    throw new DeliveryError('ambiguous', 'smtp.test', 'the answer was lost');
  },
  close: () => undefined,
};

let world: Journeys;
beforeAll(async () => {
  world = await startJourneys({ channel: losing });
});
afterAll(() => world?.close());

test('a send that is held for want of proof goes on when an event proves it, though nobody listens for that', async () => {
  const mail = { subject: 'Hi', text: 'Hi', onUnknown: 'hold' };
  const definition = define({
    nodes: { mail: ['send_email', mail], tag: ['add_tag', { tag: 'sent' }] },
  });
  const contact = await world.contact();
  const { id, temporalWorkflowId } = await world.enroll(
    await world.publish(definition),
    contact.id,
  );
  await eventually('the send is held', async () => {
    const { events } = await world.client.workflow.getHandle(temporalWorkflowId).fetchHistory();
    return events?.some((event) => event.activityTaskCompletedEventAttributes);
  });
  expect(await world.deliveries(id)).toMatchObject([{ status: 'unknown', resolution: null }]);

  await world.event(contact.id, 'email.delivered', { messageId: sent[0] ?? '' });
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect(await world.deliveries(id)).toMatchObject([
    { status: 'sent', resolution: 'event', attempt: 1 },
  ]);
  const steps = await world.steps(id);
  expect(steps.map(({ nodeId, reason }) => [nodeId, reason])).toEqual([
    ['mail', 'send.sent'],
    ['tag', expect.any(String)],
  ]);
  expect(sent).toHaveLength(1);
});
