/** The journeys of the library: each is valid, tells how it ends in tests of its own, and leaves nothing untested. */
import type { Definition } from '../src/journey/definition';
import { exportDefinition } from '../src/language/export-definition';
import { parseDefinition, parseDefinitionText } from '../src/language/parse-definition';
import { runTests, type TestResult } from '../src/language/run-tests';
import { journeyText, listJourneys } from '../src/library/journeys';
import { notCovered } from './support/definition-coverage';

const KEYS = [
  'abandoned-cart',
  'appointment-reminders',
  'birthday',
  'double-opt-in',
  'feedback',
  'lead-scoring',
  'onboarding',
  'post-purchase',
  're-engagement',
  'trial-expiry',
  'welcome',
  'win-back',
];

const FORMS = (['graph', 'steps', 'actions'] as const).flatMap((form) =>
  (['yaml', 'json'] as const).map((format) => ({ form, format })),
);

test('the library has these journeys', () => {
  expect(listJourneys().map(({ key }) => key)).toEqual(KEYS);
});

describe.each(KEYS)('%s', (key) => {
  const parsed = parseDefinitionText(journeyText(key) ?? '');
  const definition = parsed.definition as Definition;
  let results: readonly TestResult[];
  beforeAll(async () => {
    results = await runTests(definition);
  });

  it('is a definition without errors and warnings', () => {
    expect(parsed.errors).toEqual([]);
    expect(parsed.warnings).toEqual([]);
    expect(definition.key).toBe(key);
    expect(definition.description?.length).toBeGreaterThan(80);
  });

  it('passes its tests, to which everybody is let in', () => {
    expect(results.length).toBeGreaterThanOrEqual(3);
    const failed = results.filter(({ passed }) => !passed);
    expect(failed.map(({ name, differences }) => ({ name, differences }))).toEqual([]);
    const refused = results.filter(({ report }) => !report.entry.allowed);
    expect(refused.map(({ name, report }) => `${name}: ${report.entry.reason}`)).toEqual([]);
  });

  it('has no node, port, goal or exit that its tests leave out', () => {
    const reports = results.map(({ report }) => report);
    expect(notCovered(definition, reports)).toEqual([]);
  });

  it('sends texts without gaps to people whose name is not known', () => {
    const sent = results.flatMap(({ report }) => report.sends);
    const texts = sent.flatMap(({ subject = '', text = '' }) => [subject, text]);
    expect(texts.filter((text) => text.trim() === '')).toEqual([]);
    const bodies = sent.flatMap(({ html = [] }) => html);
    const all = [...texts, ...bodies];
    expect(all.filter((text) => /\{[{%]|undefined|null|Hi ,|, !|, \?|href=""/.test(text))).toEqual(
      [],
    );
  });

  it('says every mail in plain text, and has a way to unsubscribe in every HTML body', () => {
    const said = definition.nodes.filter(({ data }) => 'html' in data).map(({ data }) => data);
    for (const { html, text } of said) {
      expect(text).toEqual(expect.any(String));
      expect(html).toMatch(/\{\{ unsubscribe_url \}\}">[^<]+<\/a><\/small><\/p>\n$/);
    }
  });

  it.each(FORMS)('is the same after an export as $form in $format', (options) => {
    const again = parseDefinition(exportDefinition(definition, options));
    expect(again.errors).toEqual([]);
    expect(again.definition).toEqual(definition);
  });
});

describe('what a test leaves out', () => {
  const TEXT = `
name: Small
trigger: { type: manual }
goals: [{ id: paid, event: paid }]
settings: { exitWhen: [{ type: event, event: gone }] }
steps:
  - id: ask
    type: wait_for_event
    config: { event: said, timeout: 1 day }
    branches: { received: tag, timed_out: end }
  - { id: tag, type: add_tag, config: { tag: a }, executeIf: [{ field: contact.email, operator: exists }] }
tests:
  - { name: says it, contact: { email: a@example.com }, events: [{ after: 1h, type: said }], expect: { status: completed } }
`;

  it('is named', async () => {
    const small = parseDefinitionText(TEXT).definition as Definition;
    const reports = (await runTests(small)).map(({ report }) => report);
    expect(notCovered(small, reports)).toEqual([
      'tag (skipped)',
      'ask:timed_out',
      'goal paid',
      'exitWhen',
    ]);
    expect(notCovered(small, [])).toContain('tag');
  });
});
