/** A version that is tried on people, on real servers, until one of them objects to it. */
import { replaceDraft } from '../../src/db/workflow-changes';
import { createLogger } from '../../src/log';
import { canaryWatch } from '../../src/temporal/canaries';
import { define, sketched } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';
import { serveJourneys } from '../support/journeys-api';

let world: Journeys;
let api: Awaited<ReturnType<typeof serveJourneys>>;
beforeAll(async () => {
  world = await startJourneys();
  api = await serveJourneys(world);
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

/** Writes to her, and waits for whoever asks about it. */
const journey = (subject: string) =>
  sketched({
    key: 'letters',
    nodes: {
      mail: ['send_email', { subject, text: 'Hello.' }],
      rest: ['wait', { for: '30 days' }],
    },
    triggers: [{ type: 'manual' }, { type: 'event', event: 'letters.wanted' }],
  });

/** The version that she entered, once its mail was sent, and the subject of the mail. */
const letterTo = (contactId: string) =>
  eventually('the mail is sent', async () => {
    const [row] = await world.admin`
      select e.version, d.subject from enrollments e
      join deliveries d on d.workspace_id = e.workspace_id and d.enrollment_id = e.id
      where e.contact_id = ${contactId} and e.workflow_key = 'letters' and d.status = 'sent'`;
    return row ?? null;
  });

/** A new person, let in by this. */
async function enteredBy(entry: (contactId: string) => Promise<unknown>): Promise<string> {
  const { id } = await world.contact();
  await entry(id);
  return id;
}

test('whatever lets her in leads to the canary, until an unsubscribe halts it', async () => {
  const { workflows } = api.client;
  const { id: workflowId } = await workflows.create(journey('The old one'));
  await workflows.activate('letters');
  await world.db.inWorkspace(world.workspaceId, (tx) =>
    replaceDraft(tx, { workflowId, name: 'Letters', draft: journey('The new one') }),
  );
  const halt = { unsubscribes: 20, after: 4 };
  await workflows.activate('letters', { canary: { share: 100, halt } });

  const through = async (type: string) =>
    world.publish(define({ nodes: { other: [type, { workflow: 'letters' }] } }));
  const [calling, enrolling] = [
    await through('call_workflow'),
    await through('enroll_in_workflow'),
  ];
  const people = [
    await enteredBy((contactId) => api.client.enroll('letters', { contactId })),
    await enteredBy((contactId) => world.event(contactId, 'letters.wanted')),
    await enteredBy((contactId) => world.enroll(calling, contactId)),
    await enteredBy((contactId) => world.enroll(enrolling, contactId)),
  ];
  for (const person of people)
    expect(await letterTo(person)).toEqual({ version: 2, subject: 'The new one' });

  const watch = canaryWatch({
    outbox: await world.open({ role: 'throughline_relay' }),
    ...{ db: world.db, log: createLogger('test', 'silent') },
  });
  const judge = () => watch.run(null, new AbortController().signal);
  await judge();
  expect(await workflows.canary('letters')).toMatchObject({
    state: 'running',
    figures: { canary: { enrolled: 4, writtenTo: 4, unsubscribed: 0 } },
  });
  await world.event(people[0] ?? '', 'email.unsubscribed');
  await judge();
  expect(await workflows.canary('letters')).toMatchObject({
    state: 'halted',
    decision: {
      by: 'throughline',
      exceeded: [{ rate: 'unsubscribes', value: 25, limit: 20, count: 1, of: 4 }],
    },
  });
  const [halted] = await api.auditOf(workflowId);
  expect(halted).toMatchObject({ actor: 'throughline', action: 'workflow.canary_halt' });

  const late = await enteredBy((contactId) => api.client.enroll('letters', { contactId }));
  expect(await letterTo(late)).toEqual({ version: 1, subject: 'The old one' });
  await eventually('who was inside goes on in it', async () => {
    const { data } = await api.client.enrollments.list('letters', { status: 'waiting' });
    return data.filter(({ version }) => version === 2).length === people.length;
  });
});
