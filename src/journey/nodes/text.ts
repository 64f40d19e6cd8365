import { z } from 'zod';
import { EvaluationFailed, type Evaluators, type Facts } from '../facts';
import { charactersOf, cut, joined } from '../joined';
import type { Json } from '../json';
import { defineNodeType } from '../node-type';
import { listValue, needList, needText, needWhole, numberValue, templatesIn } from '../value';
import { setsVariable, variableName } from '../variable';

const LONGEST = 10_000;

const written = z.union([z.string().max(LONGEST), z.number()]);

const common = { variable: variableName };

const ofOne = z.strictObject({
  operation: z
    .enum(['upper', 'lower', 'capitalize', 'trim', 'length'])
    .describe('What is done with it; `capitalize` makes its first letter upper case.'),
  value: written.describe('The text.'),
  ...common,
});

const replace = z.strictObject({
  operation: z.literal('replace').describe('Replaces every occurrence.'),
  value: written.describe('The text.'),
  search: written.describe('What is looked for, as it is; it cannot be empty.'),
  replacement: written.default('').describe('What stands there instead.'),
  ...common,
});

const split = z.strictObject({
  operation: z.literal('split').describe('Cuts the text into a list.'),
  value: written.describe('The text.'),
  separator: z
    .string()
    .max(LONGEST)
    .describe('Where it is cut; an empty one cuts between characters.'),
  ...common,
});

const join = z.strictObject({
  operation: z.literal('join').describe('Puts texts together.'),
  values: listValue.describe('The texts.'),
  separator: z.string().max(LONGEST).describe('What stands between them.'),
  ...common,
});

const concat = z.strictObject({
  operation: z.literal('concat').describe('Puts texts together with nothing between.'),
  values: listValue.describe('The texts.'),
  ...common,
});

const slice = z.strictObject({
  operation: z.literal('slice').describe('Takes some of its characters.'),
  value: written.describe('The text.'),
  start: numberValue.describe('The first character, counted from 0; negative counts from the end.'),
  end: numberValue.optional().describe('The first one left out; all to the end when absent.'),
  ...common,
});

const config = z.discriminatedUnion('operation', [ofOne, replace, split, join, concat, slice]);

type Config = z.infer<typeof config>;

const NOT_A_TEXT = 'text.not_a_text';

export const text = defineNodeType({
  type: 'text',
  kind: 'decision',
  summary: 'Makes a text or a list of texts and keeps it in a variable.',
  description:
    'Numbers count as their digits; a missing value or one of another type takes the `error` port (`text.not_a_text`), so give Liquid a `default` where something may be missing. Positions and lengths count Unicode code points: most characters are one, but a flag, an emoji with a skin tone or an accent that is written apart are several.',
  config,
  ports: ['next'],
  examples: [
    {
      title: 'A coupon code',
      data: { operation: 'upper', value: 'spring-{{ contact.firstName }}', variable: 'coupon' },
      takes: 'next',
    },
    {
      title: 'The interests of a form, as a list',
      data: { operation: 'split', value: 'ski, bike', separator: ', ', variable: 'interests' },
      takes: 'next',
    },
    {
      title: 'Without spaces',
      data: { operation: 'replace', value: '030 123 456', search: ' ', variable: 'number' },
      takes: 'next',
    },
    {
      title: 'Initials',
      data: {
        operation: 'slice',
        value: '{{ contact.firstName }}',
        start: 0,
        end: 1,
        variable: 'a',
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  label: ({ operation, variable }) => `Make ${variable} (${operation})`,
  async decide(data, facts, evaluators) {
    return setsVariable(data.variable, await made(data, facts, evaluators), 'text.made');
  },
});

async function made(data: Config, facts: Facts, evaluators: Evaluators): Promise<Json> {
  const given = async (name: string, value: Json): Promise<string> =>
    needText(NOT_A_TEXT, name, await evaluators.value(value, facts));
  const position = async (name: string, value: Json): Promise<number> =>
    needWhole('text.not_a_position', name, await evaluators.value(value, facts));
  if ('values' in data) {
    const list = needList('text.not_a_list', 'values', await evaluators.value(data.values, facts));
    const texts = list.map((each, index) => needText(NOT_A_TEXT, `values[${index}]`, each));
    return joined(
      texts,
      data.operation === 'concat' ? '' : await given('separator', data.separator),
    );
  }
  const value = await given('value', data.value);
  switch (data.operation) {
    case 'replace':
      return replaced(
        value,
        await given('search', data.search),
        await given('replacement', data.replacement),
      );
    case 'split':
      return cut(value, await given('separator', data.separator));
    case 'slice': {
      const start = await position('start', data.start);
      const end = data.end === undefined ? undefined : await position('end', data.end);
      return charactersOf(value).slice(start, end).join('');
    }
    default:
      return ofText(data.operation, value);
  }
}

function replaced(text: string, search: string, replacement: string): string {
  if (search === '') {
    throw new EvaluationFailed('text.empty_search', '"search" is empty; a text is needed.');
  }
  return joined(text.split(search), replacement);
}

function ofText(operation: z.infer<typeof ofOne>['operation'], text: string): Json {
  switch (operation) {
    case 'upper':
      return text.toUpperCase();
    case 'lower':
      return text.toLowerCase();
    case 'trim':
      return text.trim();
    case 'length':
      return charactersOf(text).length;
    case 'capitalize': {
      const [first = '', ...rest] = charactersOf(text);
      return first.toUpperCase() + rest.join('');
    }
  }
}
