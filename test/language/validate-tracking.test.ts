import { parseDefinitionText } from '../../src/language/parse-definition';
import { judged } from '../support/judged';

const text = { subject: 'Hi', text: 'Hello' };
const html = { ...text, html: '<p>Hello</p>' };
const opened = { event: 'email.opened', timeout: '1d' };
const clicked = { event: 'email.clicked', timeout: '1d' };

type Sketch = Parameters<typeof judged>[0];

/** What is said about tracking of a mail and what comes after it. */
function said(mail: object, after: object = opened, more: Partial<Sketch> = {}) {
  const { errors, warnings, words } = judged({
    ...more,
    nodes: { mail: ['send_email', mail], wait: ['wait_for_event', after], ...more.nodes },
    edges: ['mail:not_sent -> end', 'mail -> wait', 'wait:timed_out -> end'],
  });
  expect(errors.filter((line) => !line.startsWith('unreachable'))).toEqual([]);
  return { words, lines: warnings.filter((line) => /untracked|useless/.test(line)) };
}

describe('a wait for openings or clicks', () => {
  test('that no mail of the journey tracks is a warning where the event stands', () => {
    const { lines, words } = said(html);
    expect(lines).toEqual(['untracked_event nodes[1].data.event']);
    expect(words).toContain(
      'No mail of this journey tracks openings, so "email.opened" about one of them comes only if your mail provider reports it to POST /events. Set "trackOpens" on the mail, which needs an HTML body.',
    );
    expect(said(html, clicked).words).toContain('Set "trackClicks" on the mail');
  });

  test('is fine where a mail tracks what is waited for, and not where it tracks the other', () => {
    expect(said({ ...html, trackOpens: true }).lines).toEqual([]);
    expect(said({ ...html, trackClicks: true }, clicked).lines).toEqual([]);
    expect(said({ ...html, trackClicks: true }).lines).toHaveLength(1);
    expect(said({ ...html, trackOpens: true }, clicked).lines).toHaveLength(1);
    expect(said({ ...html, trackOpens: false }).lines).toHaveLength(1);
  });

  test('among several is told apart from the others', () => {
    const events = [{ event: 'cart.paid', port: 'paid' }, { event: 'email.clicked' }];
    const { lines } = said({ ...html, trackOpens: true }, { events, timeout: '1d' });
    expect(lines).toEqual(['untracked_event nodes[1].data.events[1].event']);
  });

  test('may be tracked by a mail whose words are stored elsewhere', () => {
    expect(said({ template: 'offer' }).lines).toHaveLength(1);
    expect(said({ template: 'offer', trackOpens: true }).lines).toEqual([]);
  });

  test('means the mails of other journeys where this one sends none', () => {
    const nodes = { wait: ['wait_for_event', opened] } as const;
    expect(judged({ nodes }).warnings.filter((line) => line.includes('tracked'))).toEqual([]);
  });

  test('is not judged while the mail, or a node of an unknown type, cannot be read', () => {
    const broken = { mail: ['send_email', { subject: 'Hi' }], wait: ['wait_for_event', opened] };
    const strange = { mail: ['send_email', html], wait: broken.wait, x: ['send_mial', {}] };
    for (const nodes of [broken, strange])
      expect(judged({ nodes } as unknown as Sketch).words).not.toContain('tracks');
  });

  test('stands where it was written, in any form and spelling', () => {
    const { errors, warnings } = parseDefinitionText(`
name: Small
trigger: { type: manual }
steps:
  - { id: mail, type: send_email, config: { subject: Hi, text: Hello }, branches: { not_sent: end } }
  - id: wait
    type: wait_for_event
    config:
      event: email_open
      timeout: 1d
    branches: { received: end, timed_out: end }
`);
    expect(errors).toEqual([]);
    expect(warnings).toMatchObject([
      {
        ...{ code: 'definition.untracked_event', path: 'steps[1].config.event' },
        ...{ line: 9, column: 14 },
      },
    ]);
  });
});

describe('a condition that asks for openings or clicks', () => {
  const event = (more: object = {}) => ({ type: 'event', event: 'email.opened', ...more });
  const elsewhere = { event: 'cart.paid', timeout: '1d' };
  const around = (more: Partial<Sketch>) => said(html, elsewhere, more).lines;

  test('is a warning at a node, in executeIf, in a goal and in an exit', () => {
    const either = { operator: 'OR', conditions: [event(), { ...event(), type: 'EVENT' }] };
    expect(around({ nodes: { ask: ['condition', { condition: either }] } })).toEqual([
      'untracked_event nodes[2].data.condition.conditions[0].event',
      'untracked_event nodes[2].data.condition.conditions[1].event',
    ]);
    const executeIf = [event({ operator: 'not_occurred' })];
    expect(around({ nodes: { tag: ['add_tag', { tag: 'x' }, { executeIf }] } })).toEqual([
      'untracked_event nodes[2].executeIf[0].event',
    ]);
    const goals = [
      { id: 'a', event: 'email.opened' },
      { id: 'b', condition: [event()] },
    ];
    expect(around({ goals })).toEqual([
      'untracked_event goals[0].event',
      'untracked_event goals[1].condition[0].event',
    ]);
    expect(around({ settings: { exitWhen: [event()] } })).toEqual([
      'untracked_event settings.exitWhen[0].event',
    ]);
  });

  test('is none where it asks for all times, at entry, or in a filter', () => {
    const ever = event({ since: 'ever', within: '90d' });
    expect(around({ nodes: { ask: ['condition', { condition: [ever] }] } })).toEqual([]);
    const entryWhen = [event({ operator: 'not_occurred' })];
    expect(around({ settings: { enrollment: { entryWhen } } })).toEqual([]);
    expect(said(html, { ...elsewhere, filter: [event()] }).lines).toEqual([]);
    expect(said(html, { ...opened, filter: [event()] }).lines).toHaveLength(1);
  });

  test('is none at a node that records such an event', () => {
    const nodes = { record: ['track_event', { event: 'email.opened' }] } as const;
    expect(around({ nodes })).toEqual([]);
  });
});

describe('a mail that is plain text', () => {
  const alone = { event: 'cart.paid', timeout: '1d' };

  test('has nothing to track, which is a warning at the field', () => {
    const { lines, words } = said({ ...text, trackOpens: true, trackClicks: true }, alone);
    expect(lines).toEqual([
      'useless_field nodes[0].data.trackOpens',
      'useless_field nodes[0].data.trackClicks',
    ]);
    expect(words).toContain(
      '"trackOpens" of "mail" has no effect, since a plain text cannot tell of openings. Give the mail an HTML body ("html" or "mjml") beside its text, or remove the field.',
    );
  });

  test('is told so once, also where something waits for what it cannot tell', () => {
    expect(said({ ...text, trackOpens: true }).lines).toEqual([
      'useless_field nodes[0].data.trackOpens',
    ]);
  });

  test('is not meant by a mail of another kind, or by one that tracks nothing', () => {
    const mjml = '<mjml><mj-body></mj-body></mjml>';
    expect(said({ ...html, trackOpens: true }, alone).lines).toEqual([]);
    expect(said({ subject: 'Hi', mjml, trackClicks: true }, alone).lines).toEqual([]);
    expect(said({ template: 'offer', trackOpens: true }, alone).lines).toEqual([]);
    expect(said({ ...text, trackOpens: false }, alone).lines).toEqual([]);
  });
});
