/** What readers do with a mail, from the mail itself to the journey that waits for it. */
import { createMailLinks } from '../../src/links/mail-links';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';
import { serveJourneys } from '../support/journeys-api';

const links = createMailLinks({
  publicUrl: 'https://journeys.example.com',
  keys: [{ id: 'k', secret: 's'.repeat(32) }],
});
const SHOP = 'https://shop.example/cart?a=1&b=2';

let world: Journeys;
let api: Awaited<ReturnType<typeof serveJourneys>>;
beforeAll(async () => {
  world = await startJourneys({ links });
  api = await serveJourneys(world);
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

/** Somebody's mail as it arrived. */
async function mailTo(address: string | null) {
  return eventually(`a mail to ${address}`, async () =>
    world.catcher.messages().find(({ to }) => to === address),
  );
}

/** A link of a mail where this API answers. */
const here = (link: string) => api.address + new URL(link).pathname;

const MAIL = { subject: 'Hi', html: `<a href="${SHOP.replace('&', '&amp;')}">Shop</a>` };

test('a click leads to the shop, and the journey that waits for it goes on', async () => {
  const definition = define({
    nodes: {
      mail: ['send_email', { ...MAIL, trackClicks: true, trackOpens: true }],
      opened: ['wait_for_event', { event: 'email.opened', timeout: '1h' }],
      clicked: [
        'wait_for_event',
        {
          event: 'email.clicked',
          timeout: '1h',
          filter: [{ field: 'event.nodeId', operator: 'equals', value: 'mail' }],
        },
      ],
    },
  });
  const ada = await world.contact();
  const { id } = await world.enroll(await world.publish(definition), ada.id);
  const { html } = await mailTo(ada.email);
  const [click = '', image = ''] = [...(html ?? '').matchAll(/(?:href|src)="([^"]+)"/g)].map(
    ([, url = '']) => url,
  );
  expect((await fetch(here(image))).headers.get('content-type')).toBe('image/gif');
  const answer = await fetch(here(click), { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe(SHOP);
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect((await world.steps(id)).map(({ port }) => port)).toEqual(['next', 'received', 'received']);
});

test('one click of a mailbox ends the journey that says so, and keeps the next mail away', async () => {
  const definition = define({
    nodes: { mail: ['send_email', MAIL], long: ['wait', { for: '30 days' }] },
    settings: { exitOnUnsubscribe: true },
  });
  const bo = await world.contact();
  const workflowId = await world.publish(definition);
  const { id } = await world.enroll(workflowId, bo.id);
  const { headers } = await mailTo(bo.email);
  expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
  const link = /^<(.+)>$/.exec(headers['list-unsubscribe'] ?? '')?.[1] ?? '';
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  expect((await fetch(here(link), { method: 'POST', body })).status).toBe(200);
  expect(await world.ended(id)).toMatchObject({ status: 'exited', reason: 'exit.unsubscribed' });
  const again = await world.enroll(workflowId, bo.id);
  expect(await world.ended(again.id)).toMatchObject({ status: 'exited' });
  expect(world.catcher.messages().filter(({ to }) => to === bo.email)).toHaveLength(1);
});
