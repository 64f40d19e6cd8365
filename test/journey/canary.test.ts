import {
  CANARY_LIMITS,
  type CanaryFigures,
  exceededRates,
  ratesOf,
} from '../../src/journey/canary';

const figures = (some: Partial<CanaryFigures>): CanaryFigures => ({
  ...{ enrolled: 0, ended: 0, failed: 0, goalReached: 0 },
  ...{ writtenTo: 0, unsubscribed: 0, complained: 0, ...some },
});
const decides = (some: Partial<CanaryFigures>, limits = {}) =>
  exceededRates(figures(some), { ...CANARY_LIMITS, ...limits }).map(({ rate }) => rate);

test('a rate decides above its limit, and not at it', () => {
  expect(decides({ enrolled: 100, failed: 5 })).toEqual([]);
  expect(decides({ enrolled: 100, failed: 6 })).toEqual(['errors']);
  expect(decides({ writtenTo: 1_000, unsubscribed: 10, complained: 1 })).toEqual([]);
  expect(decides({ writtenTo: 1_000, unsubscribed: 11, complained: 2 })).toEqual([
    'unsubscribes',
    'complaints',
  ]);
});

test('no rate decides before enough people are what it is a share of', () => {
  expect(decides({ enrolled: 49, failed: 49 })).toEqual([]);
  expect(decides({ enrolled: 50, failed: 50 })).toEqual(['errors']);
  const complaint = { enrolled: 5_000, unsubscribed: 9, complained: 9 };
  expect(decides({ ...complaint, writtenTo: 49 })).toEqual([]);
  expect(decides({ ...complaint, writtenTo: 50 })).toEqual(['unsubscribes', 'complaints']);
});

test('a limit of 100 is never exceeded, one of 0 by the first', () => {
  expect(decides({ enrolled: 50, failed: 50 }, { errors: 100 })).toEqual([]);
  expect(decides({ enrolled: 50, failed: 1 }, { errors: 0 })).toEqual(['errors']);
  expect(decides({ enrolled: 50 }, { errors: 0 })).toEqual([]);
});

test('what decided comes with its figures', () => {
  const many = figures({ writtenTo: 3_000, complained: 4 });
  expect(exceededRates(many, CANARY_LIMITS)).toEqual([
    { rate: 'complaints', value: 0.1333, limit: 0.1, count: 4, of: 3_000 },
  ]);
});

test('a rate of nobody is none', () => {
  expect(ratesOf(figures({}))).toEqual({ errors: null, unsubscribes: null, complaints: null });
  const some = figures({ enrolled: 8, failed: 1, writtenTo: 4, unsubscribed: 1 });
  expect(ratesOf(some)).toEqual({ errors: 12.5, unsubscribes: 25, complaints: 0 });
});
