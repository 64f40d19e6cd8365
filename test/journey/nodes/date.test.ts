import type { Json } from '../../../src/journey/json';
import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

/** The start is Friday 27 March 2026, 09:00 in Berlin; the clocks change on the 29th. */
const contact = { ...ada, attributes: { due: '2026-10-24', born: '1990-02-28' } };
const variables = { days: 3, odd: 'soon', at: 1_774_598_400_000 };

async function result(data: object): Promise<Json | undefined> {
  const { variables: after, error } = await runNode(
    'date',
    { ...data, variable: 'it' },
    { contact, variables },
  );
  return error?.code ?? after['it'];
}

it.each<[object, Json]>([
  [{ operation: 'add', duration: '90m' }, '2026-03-27T09:30:00Z'],
  [{ operation: 'add', duration: '2d', format: 'date_time' }, '2026-03-29T10:00:00+02:00'],
  [{ operation: 'add', calendar: { days: 2 }, format: 'date_time' }, '2026-03-29T09:00:00+02:00'],
  [{ operation: 'add', duration: '{{ variables.days }} days' }, '2026-03-30T08:00:00Z'],
  [
    { operation: 'add', value: '{{ contact.due }}', calendar: { days: 2 }, format: 'date' },
    '2026-10-26',
  ],
  [
    { operation: 'subtract', value: '2026-03-31', calendar: { months: 1 }, format: 'date' },
    '2026-02-28',
  ],
  [
    { operation: 'subtract', value: '2024-02-29', calendar: { years: 1 }, format: 'date' },
    '2023-02-28',
  ],
  [{ operation: 'subtract', value: '2026-03-27', duration: '1h' }, '2026-03-26T22:00:00Z'],
  [{ operation: 'add', value: '2026-03-28T02:30', calendar: { days: 1 } }, '2026-03-29T01:00:00Z'],
  [{ operation: 'add', duration: '-PT1H', timeZone: 'Asia/Tokyo', format: 'time' }, '16:00'],
  [{ operation: 'format', value: '{{ variables.at }}', format: 'date' }, '2026-03-27'],
  [{ operation: 'format', value: 0 }, '1970-01-01T00:00:00Z'],
  [{ operation: 'start_of', unit: 'hour', format: 'time' }, '09:00'],
  [{ operation: 'start_of', unit: 'day' }, '2026-03-26T23:00:00Z'],
  [{ operation: 'start_of', unit: 'week', format: 'date' }, '2026-03-23'],
  [{ operation: 'start_of', unit: 'month', format: 'date' }, '2026-03-01'],
  [{ operation: 'start_of', unit: 'year', format: 'date_time' }, '2026-01-01T00:00:00+01:00'],
  [{ operation: 'end_of', unit: 'day' }, '2026-03-27T22:59:59.999Z'],
  [{ operation: 'end_of', unit: 'month' }, '2026-03-31T21:59:59.999Z'],
  [{ operation: 'end_of', unit: 'week', format: 'date' }, '2026-03-29'],
  [{ operation: 'part', part: 'weekday' }, 'friday'],
  [{ operation: 'part', part: 'hour' }, 9],
  [{ operation: 'part', part: 'hour', timeZone: 'America/New_York' }, 4],
  [{ operation: 'part', value: '{{ contact.born }}', part: 'year' }, 1990],
  [{ operation: 'difference', from: '{{ contact.born }}', unit: 'years' }, 36],
  [{ operation: 'difference', to: '2026-03-30T09:00', unit: 'days' }, 3],
  [{ operation: 'difference', to: '2026-03-30T09:00', unit: 'hours' }, 71],
  [{ operation: 'difference', to: '2026-03-30T08:59', unit: 'days' }, 2],
  [{ operation: 'difference', to: '2026-03-20', unit: 'weeks' }, -1],
  [{ operation: 'difference', to: '2026-03-27', unit: 'months' }, 0],
])('%j is %j', async (data, expected) => {
  expect(await result(data)).toBe(expected);
});

it.each<[object, string]>([
  [{ operation: 'format', value: '{{ variables.odd }}' }, 'date.no_date'],
  [{ operation: 'format', value: '{{ contact.missing }}' }, 'date.no_date'],
  [{ operation: 'format', value: '2026-02-30' }, 'date.no_date'],
  [{ operation: 'format', value: '{{ 1.5 }}' }, 'date.no_date'],
  [{ operation: 'difference', to: '{{ variables.odd }}', unit: 'days' }, 'date.no_date'],
  [{ operation: 'add', duration: '{{ variables.odd }}' }, 'date.no_duration'],
  [{ operation: 'add', duration: '{{ variables.days }}' }, 'date.no_duration'],
  [{ operation: 'add', duration: '{{ variables.days }} months' }, 'date.no_duration'],
  [{ operation: 'add', calendar: { years: 10_000 } }, 'date.out_of_range'],
  [{ operation: 'subtract', calendar: { years: 2_026 } }, 'date.out_of_range'],
  [{ operation: 'add', value: '9998-12-30', duration: '5d' }, 'date.out_of_range'],
  [{ operation: 'format', value: 8_640_000_000_000_000 }, 'date.out_of_range'],
])('%j fails with %s', async (data, code) => {
  expect(await result(data)).toBe(code);
});

it('says what is no date', async () => {
  const { steps } = await runNode(
    'date',
    { operation: 'difference', to: '{{ variables.odd }}', unit: 'days', variable: 'it' },
    { variables },
  );
  expect(steps[0]).toMatchObject({ port: 'error', reason: '"to" is "soon", which is no date.' });
});

it.each([
  [{ operation: 'add', variable: 'x' }, 'duration'],
  [{ operation: 'add', duration: '1d', calendar: { days: 1 }, variable: 'x' }, 'calendar'],
  [{ operation: 'add', duration: '1 month', variable: 'x' }, 'duration'],
  [{ operation: 'add', calendar: { days: -1 }, variable: 'x' }, 'calendar.days'],
  [{ operation: 'part', variable: 'x' }, 'part'],
  [{ operation: 'start_of', unit: 'decade', variable: 'x' }, 'unit'],
  [{ operation: 'difference', value: '2026-01-01', unit: 'days', variable: 'x' }, 'value'],
  [{ operation: 'format', format: 'iso' }, 'variable'],
])('refuses %j', (data, field) => {
  expect(problemsOf('date', data).join()).toContain(field);
});
