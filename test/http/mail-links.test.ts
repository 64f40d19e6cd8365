import request from 'supertest';
import { claimDelivery, type DeliveryRow } from '../../src/db/deliveries';
import { newId } from '../../src/ids';
import { createMailLinks, type MailLinks } from '../../src/links/mail-links';
import { LINK_KEYS, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.post('/workflows', waiting('mailing'));
  await api.post('/workflows/mailing/activate');
});
afterAll(() => api.close());

const TARGET = 'https://shop.example/cart?id=1&x=%C3%BC';

interface Sent {
  readonly row: DeliveryRow;
  /** Paths of the links in the mail. */
  link(kind: 'unsubscribe' | 'open' | 'click', links?: MailLinks): string;
  events(type: string): Promise<Record<string, unknown>[]>;
}

async function sent(): Promise<Sent> {
  const contact = { email: `${newId()}@example.com` };
  const { body } = await api.post('/workflows/mailing/enrollments', { contact });
  const { body: enrollment } = await api.get(`/enrollments/${body.id}`);
  const claim = {
    ...{ effectKey: `${body.id}:welcome:1`, enrollmentId: body.id, nodeId: 'welcome', visit: 1 },
    ...{ contactId: enrollment.contactId, channel: 'email', provider: 'smtp' },
    ...{ purpose: 'marketing', toAddress: contact.email, subject: 'Hello' },
    status: 'sent' as const,
  };
  const row = await api.db.inWorkspace(api.workspaceId, (tx) => claimDelivery(tx, claim));
  if (row === null) throw new Error('The delivery was claimed before.');
  const message = { ...row, deliveryId: row.id };
  return {
    row,
    link(kind, links = api.links) {
      const url = kind === 'click' ? links.click(message, TARGET) : links[kind](message);
      return new URL(url).pathname;
    },
    events: async (type) =>
      (await api.get(`/events?type=${type}&contactId=${row.contactId}`)).body.data,
  };
}

const get = (path: string) => request(api.address).get(path);
const post = (path: string) => request(api.address).post(path);
const consentOf = async ({ row }: Sent) =>
  (await api.get(`/contacts/${row.contactId}`)).body.consent;

describe('unsubscribing', () => {
  test('a look asks, and changes nothing', async () => {
    const mail = await sent();
    const page = await get(mail.link('unsubscribe'));
    expect(page).toMatchObject({ status: 200, type: 'text/html' });
    expect(page.text).toContain('<form method="post"><button>Unsubscribe</button></form>');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect((await request(api.address).head(mail.link('unsubscribe'))).status).toBe(200);
    expect(await consentOf(mail)).toEqual({});
    expect(await mail.events('email.unsubscribed')).toEqual([]);
  });

  test.each([
    ['a mailbox does it at once', 'List-Unsubscribe=One-Click'],
    ['a person presses the button', ''],
  ])('%s, once', async (_who, body) => {
    const mail = await sent();
    const pressed = () =>
      post(mail.link('unsubscribe')).type('application/x-www-form-urlencoded').send(body);
    const wakes = api.wakes();
    const [done, again] = await Promise.all([pressed(), pressed()]);
    for (const page of [done, again, await pressed()])
      expect(page).toMatchObject({ status: 200, type: 'text/html' });
    expect(done.text).toContain('You are unsubscribed');
    expect(await consentOf(mail)).toEqual({ email: false });
    expect(await mail.events('email.unsubscribed')).toMatchObject([
      { deliveryKey: mail.row.effectKey, properties: { workflow: 'mailing', nodeId: 'welcome' } },
    ]);
    expect(await mail.events('contact.field_changed')).toMatchObject([
      { properties: { field: 'consent.email' } },
    ]);
    expect(api.wakes()).toBeGreaterThan(wakes);
  });

  test('whoever has said yes again may say no again', async () => {
    const mail = await sent();
    await post(mail.link('unsubscribe'));
    await api.patch(`/contacts/${mail.row.contactId}`, { consent: { email: true } });
    await post(mail.link('unsubscribe'));
    expect(await consentOf(mail)).toEqual({ email: false });
    expect(await mail.events('email.unsubscribed')).toHaveLength(2);
  });

  test('a mail that is gone still unsubscribes; whoever is erased learns nothing', async () => {
    const mail = await sent();
    await api.admin`delete from deliveries where id = ${mail.row.id}`;
    expect((await post(mail.link('unsubscribe'))).status).toBe(200);
    expect(await consentOf(mail)).toEqual({ email: false });
    await api.delete(`/contacts/${mail.row.contactId}`);
    expect((await post(mail.link('unsubscribe'))).status).toBe(200);
  });

  describe('from a topic', () => {
    const linkOf = ({ row }: Sent, topic: string) =>
      new URL(api.links.unsubscribe({ ...row, deliveryId: row.id }, topic)).pathname;

    test('is offered beside all marketing, and a mailbox does it at once', async () => {
      const mail = await sent();
      const page = await get(linkOf(mail, 'offers'));
      expect(page.text).toContain('<button>Unsubscribe from “offers”</button>');
      expect((await get(linkOf(mail, 'spring_offers-2'))).text).toContain(
        'about “spring offers 2”',
      );
      expect(page.text).toContain('<form method="post" action="?all=1">');
      expect(await consentOf(mail)).toEqual({});
      const oneClick = () =>
        post(linkOf(mail, 'offers'))
          .type('application/x-www-form-urlencoded')
          .send('List-Unsubscribe=One-Click');
      expect((await oneClick()).text).toContain('no more e-mails about “offers”');
      await oneClick();
      expect(await consentOf(mail)).toEqual({ 'email.offers': false });
      expect(await mail.events('email.unsubscribed')).toMatchObject([
        { properties: { workflow: 'mailing', nodeId: 'welcome', topic: 'offers' } },
      ]);
      expect(await mail.events('contact.field_changed')).toMatchObject([
        { properties: { field: 'consent.email.offers' } },
      ]);
    });

    test('and then from all', async () => {
      const mail = await sent();
      const done = await post(linkOf(mail, 'offers'));
      expect(done.text).toContain('<form method="post" action="?all=1">');
      expect(done.text).not.toContain('Unsubscribe from “');
      expect((await post(`${linkOf(mail, 'offers')}?all=1`)).text).toContain('no more marketing');
      expect(await consentOf(mail)).toEqual({ email: false, 'email.offers': false });
      await post(linkOf(mail, 'news'));
      expect(await mail.events('email.unsubscribed')).toHaveLength(2);
    });

    test('by an event from elsewhere; one whose topic is none refuses the channel', async () => {
      const email = `${newId()}@example.com`;
      const told = { email, type: 'email.unsubscribed', createContact: true };
      await api.post('/events', { ...told, properties: { topic: 'offers' } });
      const consent = async () => (await api.get(`/contacts?email=${email}`)).body.data[0].consent;
      expect(await consent()).toEqual({ 'email.offers': false });
      await api.post('/events', { ...told, properties: { topic: 'All of it!' } });
      expect(await consent()).toEqual({ email: false, 'email.offers': false });
    });
  });

  test('an event reported from elsewhere refuses the channel too', async () => {
    const email = `${newId()}@example.com`;
    await api.post('/events', { email, type: 'email_unsubscribe', createContact: true });
    await api.post('/events', { email, type: 'sms.unsubscribed' });
    const [contact] = (await api.get(`/contacts?email=${email}`)).body.data;
    expect(contact.consent).toEqual({ email: false, sms: false });
  });
});

describe('reading', () => {
  test('an opening is an event about the message, once a minute', async () => {
    const mail = await sent();
    const image = await get(mail.link('open'));
    expect(image).toMatchObject({ status: 200, type: 'image/gif' });
    expect(image.headers['cache-control']).toBe('no-store');
    const [first] = await mail.events('email.opened');
    expect(first).toMatchObject({
      deliveryKey: mail.row.effectKey,
      // By its name it proves that a mail in doubt has arrived.
      properties: { deliveryId: mail.row.id, workflow: 'mailing', nodeId: 'welcome' },
    });
    await get(mail.link('open'));
    expect((await mail.events('email.opened')).length).toBeLessThanOrEqual(2);
  });

  test('a click leads where the mail led, and is an event with its address', async () => {
    const mail = await sent();
    const answer = await get(mail.link('click')).redirects(0);
    expect(answer.status).toBe(302);
    expect(answer.headers).toMatchObject({ location: TARGET, 'referrer-policy': 'no-referrer' });
    expect(await mail.events('email.clicked')).toMatchObject([
      {
        deliveryKey: mail.row.effectKey,
        properties: { workflow: 'mailing', nodeId: 'welcome', url: TARGET },
      },
    ]);
  });

  test.each([
    ['a scanner', 'User-Agent', 'Mozilla/5.0 (compatible; Barracuda Sentinel)'],
    ['a link preview', 'User-Agent', 'Slackbot-LinkExpanding 1.0'],
    ['a browser that fetches ahead', 'Sec-Purpose', 'prefetch;prerender'],
  ])('%s gets the same, and is no reader', async (_who, header, value) => {
    const mail = await sent();
    expect((await get(mail.link('open')).set(header, value)).type).toBe('image/gif');
    const answer = await get(mail.link('click')).redirects(0).set(header, value);
    expect(answer.headers['location']).toBe(TARGET);
    expect(await mail.events('email.opened')).toEqual([]);
    expect(await mail.events('email.clicked')).toEqual([]);
  });

  test.each([
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20 Build/RP1A)',
  ])('a reader behind "%s" is one', async (agent) => {
    const mail = await sent();
    await get(mail.link('open')).set('User-Agent', agent);
    expect(await mail.events('email.opened')).toHaveLength(1);
  });

  test('a HEAD request is answered and tells of nobody', async () => {
    const mail = await sent();
    const answer = await request(api.address).head(mail.link('click')).redirects(0);
    expect(answer).toMatchObject({ status: 302, headers: { location: TARGET } });
    expect(await mail.events('email.clicked')).toEqual([]);
  });

  test('of a mail that is gone, or of somebody erased, nothing is recorded', async () => {
    const mail = await sent();
    await api.delete(`/contacts/${mail.row.contactId}`);
    expect((await get(mail.link('click')).redirects(0)).status).toBe(302);
    await api.admin`delete from deliveries where id = ${mail.row.id}`;
    expect((await get(mail.link('open'))).status).toBe(200);
    const rows = await api.admin`select 1 from events where contact_id = ${mail.row.contactId}
      and type like 'email.%'`;
    expect(rows).toHaveLength(0);
  });
});

describe('tokens', () => {
  const made = (id: 'old' | 'strange', secret: string) =>
    createMailLinks({ publicUrl: 'https://journeys.example.com', keys: [{ id, secret }] });

  test('of an older key lead on, those of a strange key nowhere', async () => {
    const mail = await sent();
    const old = mail.link('click', made('old', LINK_KEYS[1].secret));
    expect((await get(old).redirects(0)).headers['location']).toBe(TARGET);
    for (const links of [made('strange', 's'.repeat(32)), made('old', 's'.repeat(32))]) {
      const answer = await get(mail.link('click', links)).redirects(0);
      expect(answer).toMatchObject({ status: 404, type: 'text/html' });
      expect(answer.headers['location']).toBeUndefined();
      expect((await get(mail.link('open', links))).status).toBe(404);
      expect((await post(mail.link('unsubscribe', links))).status).toBe(404);
      expect((await get(mail.link('unsubscribe', links))).status).toBe(404);
    }
    expect(await consentOf(mail)).toEqual({});
  });

  test('of one kind are none of another', async () => {
    const mail = await sent();
    const token = mail.link('open').split('/').at(-1);
    expect((await post(`/u/${token}`)).status).toBe(404);
    expect((await get(`/t/c/${token}`)).status).toBe(404);
  });

  test('speak of their own workspace alone', async () => {
    const { row } = await sent();
    const elsewhere = { ...row, workspaceId: api.other.workspaceId, deliveryId: row.id };
    const { pathname } = new URL(api.links.unsubscribe(elsewhere));
    expect((await post(pathname)).status).toBe(200);
    expect((await api.get(`/contacts/${row.contactId}`)).body.consent).toEqual({});
  });
});
