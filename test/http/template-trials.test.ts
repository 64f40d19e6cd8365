/** Looking at what a template says before anybody gets it. */
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const HELLO = { subject: 'Hi {{ first_name }}', text: 'Your code is {{ coupon }}' };
const created = async (key: string, content: object = HELLO) =>
  (await api.post('/templates', { key, ...content })).body;

describe('a preview', () => {
  test('of anybody says what the mail would say, and what is missing', async () => {
    await created('coupon', {
      subject: '{{ first_name }}',
      preheader: 'For {{ email }}',
      html: '<p>{{ variables.coupon }}</p>',
      text: '{{ unsubscribe_url }} {{ event.cart }}',
    });
    const contact = { email: 'ada@example.com' };
    const { status, body } = await api.post('/templates/coupon/preview', {
      ...{
        contact,
        variables: { coupon: '<10>' },
        trigger: { type: 'cart.left', properties: { cart: 7 } },
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ template: 'coupon', version: 1, subject: '', missing: ['first_name'] },
      html: expect.stringMatching(/For ada@example.com<\/div><p>&lt;10&gt;<\/p>$/),
      text: expect.stringMatching(/^https:\/\/\S+ 7$/),
    });
    const nobody = await api.post('/templates/coupon/preview');
    expect(nobody.body.missing).toEqual(['first_name', 'email', 'variables.coupon', 'event.cart']);
  });

  test('of a stored contact, at an earlier version', async () => {
    await created('greet');
    await api.put('/templates/greet', { subject: 'Dear {{ first_name }}', text: 'x' });
    const { body: bo } = await api.post('/contacts', { email: 'bo@example.com', firstName: 'Bo' });
    const { body } = await api.post('/templates/greet/preview', { contactId: bo.id, version: 1 });
    expect(body).toMatchObject({ subject: 'Hi Bo', version: 1 });
    const both = await api.post('/templates/greet/preview', { contactId: bo.id, contact: {} });
    expectProblem(both, 422, 'request.invalid');
    const mallory = await api.post('/templates/greet/preview', { contactId: bo.id }, api.other.key);
    expectProblem(mallory, 404, 'template.not_found');
  });

  test('of a stored contact is shown only to a key that may read her, as is a test mail', async () => {
    await created('peep', { subject: '{{ email }}', text: 'x' });
    const { id: contactId } = (await api.post('/contacts', { email: 'peep@example.com' })).body;
    const reader = await api.keyWith(['workflows:read']);
    const writer = await api.keyWith(['workflows:*']);
    const seer = await api.keyWith(['workflows:*', 'contacts:read']);
    const path = '/templates/peep';
    expect((await api.post(`${path}/preview`, { contact: {} }, reader)).status).toBe(200);
    const refused = await api.post(`${path}/preview`, { contactId }, reader);
    expectProblem(refused, 403, 'auth.forbidden');
    const order = { to: 'boss@example.com', contactId };
    expectProblem(await api.post(`${path}/test`, order, writer), 403, 'auth.forbidden');
    const { body } = await api.post(`${path}/preview`, { contactId }, seer);
    expect(body).toMatchObject({ subject: 'peep@example.com' });
    expect((await api.post(`${path}/test`, order, seer)).status).toBe(202);
  });

  test('of what cannot be rendered says why', async () => {
    await created('loops', {
      subject: 'x',
      text: '{% for a in (1..9000000) %}{{ a }}{% endfor %}',
    });
    const refused = await api.post('/templates/loops/preview');
    expectProblem(refused, 409, 'template.failed');
  });
});

describe('a test mail', () => {
  test('is stored for a worker, whoever it shows', async () => {
    const template = await created('trial');
    const order = {
      to: 'boss@example.com',
      contact: { firstName: 'Ada' },
      variables: { coupon: 'X' },
    };
    const { status, body, headers } = await api.post('/templates/trial/test', order);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'waiting',
      to: 'boss@example.com',
      version: 1,
      response: null,
    });
    expect(headers.location).toBe(`/api/v1/templates/${template.id}/tests/${body.id}`);
    expect((await api.get(`/templates/trial/tests/${body.id}`)).body).toEqual(body);
    const [row] = await api.admin`select content from test_mails where id = ${body.id}`;
    expect(row).toEqual({ content: { subject: 'Hi Ada', text: 'Your code is X' } });
    const { data } = (await api.get(`/audit?subjectId=${template.id}`)).body;
    expect(data[0]).toMatchObject({ action: 'template.test', detail: { testMailId: body.id } });
    await created('another');
    expectProblem(
      await api.get(`/templates/another/tests/${body.id}`),
      404,
      'template.test_not_found',
    );
  });

  test('to a suppressed address is none', async () => {
    await created('quiet');
    await api.post('/suppressions', { address: 'gone@example.com' });
    const { body } = await api.post('/templates/quiet/test', { to: 'Gone@example.com' });
    expect(body).toMatchObject({
      status: 'blocked',
      response: 'suppressed',
      endedAt: expect.any(String),
    });
    expectProblem(
      await api.post('/templates/quiet/test', { to: 'nobody' }),
      422,
      'request.invalid',
    );
  });

  test('is forgotten with the person, and so is what a preview has shown', async () => {
    await created('private');
    const { body: eve } = await api.post('/contacts', {
      email: 'eve@example.com',
      firstName: 'Kanarie',
    });
    await api.post('/templates/private/test', { to: 'boss@example.com', contactId: eve.id });
    await api.post('/templates/private/test', { to: 'EVE@example.com' });
    await api.post('/templates/private/preview', { contactId: eve.id }).set('Idempotency-Key', 'k');
    await api.delete(`/contacts/${eve.id}`);
    const held = await api.admin`
      select 1 from test_mails t where t::text ilike any(array['%kanarie%', '%eve@example%'])
      union all select 1 from idempotency_keys k where k::text like '%Kanarie%'`;
    expect(held).toHaveLength(0);
  });
});
