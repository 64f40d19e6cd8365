import { parseDefinition, parseDefinitionText } from '../../src/language/parse-definition';
import { entryWarnings } from '../../src/language/test-entries';

const LARGE = { field: 'event.total', operator: 'greater_than', value: 100 };

const definition = (test: object, more: object = {}) => ({
  name: 'Large order',
  triggers: [
    { type: 'event', event: 'order.placed', filter: [LARGE] },
    { type: 'event', event: 'quote.signed' },
  ],
  steps: [{ id: 'mark', type: 'add_tag', config: { tag: 'large' } }],
  tests: [{ name: 'comes', contact: {}, expect: { status: 'completed' }, ...test }],
  ...more,
});

async function warned(test: object, more: object = {}) {
  const parsed = parseDefinition(definition(test, more));
  expect(parsed.errors).toEqual([]);
  return (await entryWarnings(parsed)).map(({ code, path, message }) => {
    expect([code, path]).toEqual(['definition.test_not_let_in', 'tests[0].trigger']);
    return message.replace('Live, she would not be let in, and the test runs all the same: ', '');
  });
}

const placed = (total: number) => ({ trigger: { type: 'order.placed', properties: { total } } });
const EITHER = ', or expect "entry: { allowed: false }".';

test('a test whose event no trigger takes is a warning, with what was probably meant', async () => {
  expect(await warned({ trigger: { type: 'order.plced' } })).toEqual([
    `no trigger takes the event "order.plced". Did you mean "order.placed"? Correct the event${EITHER}`,
  ]);
  expect(await warned({ trigger: { type: 'x' } })).toEqual([
    `no trigger takes the event "x". Triggers take "order.placed" and "quote.signed". Correct the event${EITHER}`,
  ]);
  expect(await warned({ trigger: { type: 'x' } }, { triggers: [{ type: 'manual' }] })).toEqual([
    `no trigger takes the event "x". No event lets people in. Correct the event${EITHER}`,
  ]);
});

test('so is one whose event the filter does not take, or that "entryWhen" keeps out', async () => {
  expect(await warned(placed(20))).toEqual([
    `the filter of the trigger "order.placed" does not take the event (event.total 20 is not greater_than 100). Correct its properties or the filter${EITHER}`,
  ]);
  const entryWhen = [{ field: 'score', operator: 'greater_than', value: 5 }];
  expect(await warned(placed(200), { settings: { enrollment: { entryWhen } } })).toEqual([
    expect.stringMatching(/^"settings\.enrollment\.entryWhen" does not hold \(score /),
  ]);
});

test('one that comes in, expects to stay out, or has no trigger is none', async () => {
  expect(await warned(placed(200))).toEqual([]);
  expect(await warned({ ...placed(20), expect: { entry: { allowed: false } } })).toEqual([]);
  expect(await warned({})).toEqual([]);
});

test('in a text it stands where the trigger does', async () => {
  const text = JSON.stringify(definition({ trigger: { type: 'x' } }), null, 2);
  const [warning] = await entryWarnings(parseDefinitionText(text));
  expect(text.split('\n')[(warning?.line ?? 0) - 1]).toContain('"trigger": {');
});

test('a reason why somebody who comes in does not come in is an error', () => {
  const expected = { entry: { allowed: true, reason: 'no_trigger' } };
  expect(parseDefinition(definition({ expect: expected })).errors).toEqual([
    expect.objectContaining({ path: 'tests[0].expect.entry.reason' }),
  ]);
});
