import { createEvaluators } from '../../src/evaluate/evaluators';
import { renderEmail } from '../../src/evaluate/email';
import { renderText, templateProblem } from '../../src/evaluate/liquid';
import { TemplateError } from '../../src/evaluate/template-error';
import type { Json } from '../../src/journey/json';
import { AT, event, factsOf, type Given } from './facts';

/** By steps, or on a busy machine by time. */
const BOUNDED = /more than 40000 steps|takes too long to render/;

const value = (template: Json, given: Given = {}) =>
  createEvaluators().value(template, factsOf(given));
const text = (source: string) => renderText(source, { view: {}, at: AT, zone: 'UTC' });

const GIVEN: Given = {
  contact: {
    lastName: 'Lovelace',
    phone: '+49',
    attributes: { company_name: 'Engines', plan: { name: 'pro' }, visits: 3 },
    tags: ['vip'],
  },
  variables: { code: 'X1', list: [1, 2] },
  trigger: event('cart.abandoned', AT - 1000, { total: 40 }),
  workspace: { timeZone: 'UTC', variables: { brand: 'Acme', code: 'of the workspace' } },
};

test.each<[Json, Json]>([
  [
    'Hi {{ first_name }} {{last_name}} of {{ company_name }}, {{email}} {{phone}}',
    'Hi Ada Lovelace of Engines, ada@example.com +49',
  ],
  [
    '{{ contact.firstName }} {{ contact.plan.name }} {{ contact.attributes.plan.name }}',
    'Ada pro pro',
  ],
  ['{{ event.total }} {{ event.type }} {{ event.properties.total }}', '40 cart.abandoned 40'],
  ['{{ enrollment.workflowKey }} {{ enrollment.version }}', 'cart 3'],
  [
    '{{ variables.code }} {{ code }} {{ workspace.brand }} {{ brand }} {{ workspace.variables.code }}',
    'X1 X1 Acme Acme of the workspace',
  ],
  ['{{ contact.visits }}', 3],
  [' {{ variables.list }} ', [1, 2]],
  ['{{ contact.plan }}', { name: 'pro' }],
  ['{{ unknown }}', null],
  ['{{ contact.visits }} ', 3],
  ['n: {{ contact.visits }}', 'n: 3'],
  [{ a: ['{{ event.total | plus: 2 }}', 5, null, true] }, { a: [42, 5, null, true] }],
  ['no template', 'no template'],
  [7, 7],
])('%j renders to %j', async (template, expected) => {
  expect(await value(template, GIVEN)).toEqual(expected);
});

test('dates are in the zone of the contact, and now is the time of the workflow', async () => {
  expect(await value("at {{ 'now' | date: '%Y-%m-%d %H:%M' }}", GIVEN)).toBe('at 2026-03-27 13:00');
  expect(await value("at {{ event.occurredAt | date: '%H:%M:%S' }}", GIVEN)).toBe('at 12:59:59');
  expect(
    await value("at {{ '2026-03-27' | date: '%d.%m.' }}", {
      contact: { timeZone: 'America/New_York' },
    }),
  ).toBe('at 27.03.');
});

test.each([
  '{{ contact.constructor }}',
  '{{ contact.__proto__ }}',
  '{{ contact.toString }}',
  '{{ "".constructor.constructor }}',
  '{{ constructor }}',
])('%s reaches nothing', async (source) => {
  expect(await value(`[${source}]`, GIVEN)).toBe('[]');
});

test.each([
  ["{% include '/etc/passwd' %}"],
  ["{% render '../secrets' %}"],
  ["{% layout 'x' %}"],
  ['{{ x | nonsense }}'],
  ['{% if %}'],
  ['{{ x'],
  ['{% for x in (1..3) %}'],
])('%s is refused when it is read', (source) => {
  expect(templateProblem(source)).not.toBeNull();
  expect(() => text(source)).toThrow(TemplateError);
});

test('a good template has no problem', () => {
  expect(templateProblem('Hi {{ first_name | default: "you" }}')).toBeNull();
});

test.each([
  [
    'endless loops',
    '{% for a in (1..99999) %}{% for b in (1..99999) %}{% for c in (1..99999) %}x{% endfor %}{% endfor %}{% endfor %}',
  ],
  ['empty loops', '{% for a in (1..999999) %}{% for b in (1..999999) %}{% endfor %}{% endfor %}'],
  ['huge ranges', '{% for a in (1..999999999) %}{% endfor %}'],
  [
    'doubling',
    `{% assign s = "aaaaaaaaaa" %}${'{% assign s = s | append: s %}'.repeat(40)}{{ s }}`,
  ],
  [
    'replace bombs',
    `{% assign s = "a" %}${'{% assign s = s | replace: "a", "aaaaaaaaaa" %}'.repeat(12)}{{ s }}`,
  ],
  ['padding', "{{ '2026-01-01' | date: '%500000000d' }}"],
  ['much output', `{% for a in (1..2000) %}${'y'.repeat(2_000)}{% endfor %}`],
  ['too many tags', '{{ a }}'.repeat(2_001)],
  ['deep nesting', `${'{% if true %}'.repeat(1_500)}x`],
  ['long sources', `{{ a }}${'x'.repeat(500_001)}`],
])('%s end with an error', (_name, source) => {
  expect(() => text(source)).toThrow(TemplateError);
});

test('what PostgreSQL cannot store is replaced', async () => {
  expect(text("{{ '😀' | split: '' | first }}{{ '%00' | url_decode }}!")).toBe('\uFFFD\uFFFD!');
  expect(await value({ a: "{{ '😀' | split: '' | first }}" })).toEqual({ a: '\uFFFD' });
});

test('a render that took too long may be tried again, a bad template may not', () => {
  const failureOf = (source: string) => {
    try {
      return text(source);
    } catch (error) {
      return error;
    }
  };
  const long = `{% capture s %}${'a'.repeat(400_000)}{% endcapture %}`;
  const search = Array.from({ length: 100 }, () => "s contains 'b'").join(' or ');
  const slow = `${long}{% for a in (1..9000) %}{% if ${search} %}{% endif %}{% endfor %}`;
  expect(failureOf(slow)).toMatchObject({ kind: 'limit' });
  const loop = '{% for a in (1..900) %}{% for b in (1..900) %}{% endfor %}{% endfor %}';
  expect(failureOf(loop)).toMatchObject({
    kind: 'invalid',
    message: 'The template takes more than 40000 steps to render. Shorten its loops.',
  });
  expect(failureOf('{{ x | nonsense }}')).toMatchObject({ kind: 'invalid' });
});

test('the texts of one value are bounded together', async () => {
  const most = '{% for a in (1..12000) %}{{ a }}{% endfor %}';
  expect(await value({ a: most })).toMatchObject({ a: expect.stringContaining('12000') });
  await expect(value({ a: most, b: most })).rejects.toThrow(BOUNDED);
});

test.each([
  ['%H:%M %z', '13:00 +0100'],
  ['%H:%M %Z', '13:00 Europe/Berlin'],
])('a date in the format %s has the offset of the zone', async (format, shown) => {
  const given = { contact: { timeZone: 'Europe/Berlin' } };
  expect(await value(`at {{ 'now' | date: '${format}' }}`, given)).toBe(`at ${shown}`);
});

describe('an e-mail', () => {
  const facts = factsOf({ contact: { firstName: '<b>Ada & "co"</b>' } });

  test('escapes values in its HTML body only', () => {
    const mail = renderEmail(
      {
        subject: 'Hi {{ first_name }}',
        html: '<p>{{ first_name }}</p>{{ first_name | raw }}',
        text: '{{ first_name }}',
      },
      facts,
    );
    expect(mail).toEqual({
      subject: 'Hi <b>Ada & "co"</b>',
      html: '<p>&lt;b&gt;Ada &amp; &#34;co&#34;&lt;/b&gt;</p><b>Ada & "co"</b>',
      text: '<b>Ada & "co"</b>',
      to: 'ada@example.com',
    });
  });

  test('is bounded as a whole', () => {
    const most = '{% for a in (1..12000) %}{{ a }}{% endfor %}';
    const mail = { subject: 'x', text: most };
    expect(renderEmail(mail, facts).text).toContain('12000');
    expect(() => renderEmail({ ...mail, html: most }, facts)).toThrow(BOUNDED);
  });

  test('goes to the address that its template names, or to nobody', () => {
    expect(
      renderEmail(
        { subject: 'x', text: 'x', to: ' {{ variables.boss }} ' },
        factsOf({ variables: { boss: 'b@example.com' } }),
      ).to,
    ).toBe('b@example.com');
    expect(
      renderEmail({ subject: 'x', text: 'x', to: '{{ variables.boss }}' }, facts).to,
    ).toBeNull();
    expect(
      renderEmail({ subject: 'x', text: 'x' }, factsOf({ contact: { email: null } })).to,
    ).toBeNull();
  });

  test('loses the line break at the end of a subject, and no other', () => {
    expect(renderEmail({ subject: 'Hello\n', text: 'x' }, facts).subject).toBe('Hello');
    expect(renderEmail({ subject: 'a\r\nBcc: x', text: 'x' }, facts).subject).toBe('a\r\nBcc: x');
  });
});
