import { z } from 'zod';
import { isList, numberOf, sameValues, textOf } from '../coercion';
import { EvaluationFailed, type Evaluators, type Facts } from '../facts';
import { joined } from '../joined';
import type { Json } from '../json';
import { json } from '../json-value';
import { defineNodeType } from '../node-type';
import {
  isObject,
  listValue,
  needList,
  needText,
  needWhole,
  numberValue,
  templatesIn,
} from '../value';
import { setsVariable, variableName } from '../variable';

/** Finding what is the same compares every item with every other; a thousand of them in `unique`. */
const MOST_COMPARISONS = 1_000_000;

const common = {
  values: listValue.describe('The list; a missing one is empty.'),
  variable: variableName,
};

const ofOne = z.strictObject({
  operation: z
    .enum(['unique', 'reverse', 'length', 'first', 'last'])
    .describe('What is done with it; `first` and `last` of an empty list are null.'),
  ...common,
});

const withItem = z.strictObject({
  operation: z
    .enum(['append', 'prepend', 'remove', 'contains', 'index_of'])
    .describe(
      'What is done with the item; `remove` takes out all like it, `index_of` counts from 0 and is -1 when it is not there.',
    ),
  item: json.describe(
    'The item. A list stands for each of its items with append, prepend, remove.',
  ),
  ...common,
});

const sort = z.strictObject({
  operation: z.literal('sort').describe('Puts the items in order, those alike as they were.'),
  order: z
    .enum(['ascending', 'descending'])
    .default('ascending')
    .describe('Which end comes first.'),
  by: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The field to sort objects by; the items themselves when absent.'),
  ...common,
});

const slice = z.strictObject({
  operation: z.literal('slice').describe('Takes some of its items.'),
  start: numberValue.describe('The first item, counted from 0; negative counts from the end.'),
  end: numberValue.optional().describe('The first one left out; all to the end when absent.'),
  ...common,
});

const join = z.strictObject({
  operation: z.literal('join').describe('Makes one text of its texts.'),
  separator: z.string().max(1_000).describe('What stands between them.'),
  ...common,
});

const config = z.discriminatedUnion('operation', [ofOne, withItem, sort, slice, join]);

type Config = z.infer<typeof config>;

export const list = defineNodeType({
  type: 'list',
  kind: 'decision',
  summary: 'Makes a list, or finds something in one, and keeps the answer in a variable.',
  description:
    'Items are the same by the rules of conditions: 1 and "1" are. A value that is no list takes the `error` port (`list.not_a_list`), and so do items that cannot be put in order (`list.not_comparable`) and more items than can be compared with each other, 1,000 with `unique` (`list.too_long`).',
  config,
  ports: ['next'],
  examples: [
    {
      title: 'Remember what was shown',
      data: {
        operation: 'append',
        values: '{{ variables.shown }}',
        item: 'offer-7',
        variable: 'shown',
      },
      takes: 'next',
    },
    {
      title: 'Is it among them?',
      data: { operation: 'contains', values: ['ski', 'bike'], item: 'bike', variable: 'rides' },
      takes: 'next',
    },
    {
      title: 'The two dearest',
      data: {
        operation: 'sort',
        values: [{ price: 10 }, { price: 30 }],
        by: 'price',
        order: 'descending',
        variable: 'dearest',
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  label: ({ operation, variable }) => `Make ${variable} (${operation})`,
  async decide(data, facts, evaluators) {
    return setsVariable(data.variable, await made(data, facts, evaluators), 'list.made');
  },
});

async function made(data: Config, facts: Facts, { value }: Evaluators): Promise<Json> {
  const items = needList('list.not_a_list', 'values', await value(data.values, facts));
  const position = async (name: string, given: Json): Promise<number> =>
    needWhole('list.not_a_position', name, await value(given, facts));
  switch (data.operation) {
    case 'append':
    case 'prepend':
    case 'remove':
    case 'contains':
    case 'index_of':
      return withItemOf(data.operation, items, await value(data.item, facts));
    case 'sort':
      return sorted(items, data.by, data.order);
    case 'slice': {
      const start = await position('start', data.start);
      return items.slice(
        start,
        data.end === undefined ? undefined : await position('end', data.end),
      );
    }
    case 'join': {
      const separator = needText(
        'list.not_a_text',
        'separator',
        await value(data.separator, facts),
      );
      const texts = items.map((item, at) => needText('list.not_a_text', `values[${at}]`, item));
      return joined(texts, separator);
    }
    default:
      return ofList(data.operation, items);
  }
}

function comparable(items: readonly Json[], others: readonly Json[]): void {
  if (items.length * others.length <= MOST_COMPARISONS) return;
  throw new EvaluationFailed(
    'list.too_long',
    `The list has ${items.length} items to compare with ${others.length}; that is too many.`,
  );
}

function ofList(operation: z.infer<typeof ofOne>['operation'], items: readonly Json[]): Json {
  switch (operation) {
    case 'unique':
      return unique(items);
    case 'reverse':
      return items.toReversed();
    case 'length':
      return items.length;
    case 'first':
      return items[0] ?? null;
    case 'last':
      return items.at(-1) ?? null;
  }
}

const has = (items: readonly Json[], item: Json): boolean =>
  items.some((each) => sameValues(each, item));

function unique(items: readonly Json[]): readonly Json[] {
  comparable(items, items);
  const kept: Json[] = [];
  for (const item of items) if (!has(kept, item)) kept.push(item);
  return kept;
}

function withItemOf(
  operation: z.infer<typeof withItem>['operation'],
  items: readonly Json[],
  item: Json,
): Json {
  const each = isList(item) ? item : [item];
  switch (operation) {
    case 'append':
      return [...items, ...each];
    case 'prepend':
      return [...each, ...items];
    case 'remove':
      comparable(items, each);
      return items.filter((kept) => !has(each, kept));
    case 'contains':
      return has(items, item);
    case 'index_of':
      return items.findIndex((found) => sameValues(found, item));
  }
}

function sorted(
  items: readonly Json[],
  by: string | undefined,
  order: 'ascending' | 'descending',
): readonly Json[] {
  const keyed = keysOf(items.map((item) => keyOf(item, by)));
  const sign = order === 'ascending' ? 1 : -1;
  return items
    .map((item, index) => ({ item, key: keyed[index] ?? 0 }))
    .toSorted((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign))
    .map(({ item }) => item);
}

function keyOf(item: Json, by: string | undefined): Json {
  if (by === undefined) return item;
  return isObject(item) && Object.hasOwn(item, by) ? (item[by] ?? null) : null;
}

/** All as numbers where all read as numbers, else all as texts. */
function keysOf(values: readonly Json[]): readonly (number | string)[] {
  const numbers = values.map(numberOf).filter((number) => number !== null);
  if (numbers.length === values.length) return numbers;
  const texts = values.map(textOf).filter((text) => text !== null);
  if (texts.length === values.length) return texts;
  throw new EvaluationFailed(
    'list.not_comparable',
    'Only numbers or texts can be put in order, and every item must have one.',
  );
}
