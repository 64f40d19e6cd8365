import { z } from 'zod';
import { EvaluationFailed, type Evaluators, type Facts } from '../facts';
import { defineNodeType } from '../node-type';
import { cleaned, rounded } from '../rounding';
import { listValue, needList, needNumber, numberValue, templatesIn } from '../value';
import { setsVariable, variableName } from '../variable';

const MOST_DECIMALS = 10;

const common = {
  decimals: z
    .int()
    .min(0)
    .max(MOST_DECIMALS)
    .optional()
    .describe('Rounds the result to so many decimals; halves go away from zero.'),
  variable: variableName,
};

const ofTwo = z.strictObject({
  operation: z
    .enum(['add', 'subtract', 'multiply', 'divide', 'modulo', 'power'])
    .describe('What is done with the two; the result of `modulo` has the sign of the operand.'),
  value: numberValue.describe('The number on the left.'),
  operand: numberValue.describe('The number on the right.'),
  ...common,
});

const ofOne = z.strictObject({
  operation: z
    .enum(['round', 'floor', 'ceil', 'abs'])
    .describe('What is done with it; `round`, `floor` and `ceil` keep `decimals`, or none.'),
  value: numberValue.describe('The number.'),
  ...common,
});

const ofMany = z.strictObject({
  operation: z.enum(['min', 'max', 'sum', 'average']).describe('What is taken of them.'),
  values: listValue.describe('The numbers.'),
  ...common,
});

const config = z.discriminatedUnion('operation', [ofTwo, ofOne, ofMany]);

type Config = z.infer<typeof config>;

export const math = defineNodeType({
  type: 'math',
  kind: 'decision',
  summary: 'Calculates a number and keeps it in a variable.',
  description:
    'Texts of digits count as numbers; anything else takes the `error` port (`math.not_a_number`), and so do a division by zero (`math.division_by_zero`), an empty `min`, `max` or `average` (`math.no_values`) and a result that is no number (`math.no_result`). Results have 15 significant digits, so 0.1 and 0.2 are 0.3.',
  config,
  ports: ['next'],
  examples: [
    {
      title: 'A tenth off',
      data: {
        operation: 'multiply',
        value: '{{ event.total | default: 40 }}',
        operand: 0.9,
        decimals: 2,
        variable: 'price',
      },
      takes: 'next',
    },
    {
      title: 'Whole euros',
      data: { operation: 'floor', value: '19.99', variable: 'euros' },
      takes: 'next',
    },
    {
      title: 'The best of three',
      data: { operation: 'max', values: [3, '{{ contact.score }}', 7], variable: 'best' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  label: ({ operation, variable }) => `Calculate ${variable} (${operation})`,
  async decide(data, facts, evaluators) {
    const result = await calculate(data, facts, evaluators);
    if (!Number.isFinite(result)) {
      throw new EvaluationFailed('math.no_result', `The result of ${data.operation} is no number.`);
    }
    return setsVariable(data.variable, finished(data, result), 'math.calculated');
  },
});

function finished({ operation, decimals }: Config, result: number): number {
  if (operation === 'round' || operation === 'floor' || operation === 'ceil') return result;
  return decimals === undefined ? cleaned(result) : rounded(result, decimals);
}

async function calculate(data: Config, facts: Facts, { value }: Evaluators): Promise<number> {
  if ('values' in data) {
    const list = needList('math.not_a_number', 'values', await value(data.values, facts));
    const numbers = list.map((each, index) =>
      needNumber('math.not_a_number', `values[${index}]`, each),
    );
    return ofNumbers(data.operation, numbers);
  }
  const left = needNumber('math.not_a_number', 'value', await value(data.value, facts));
  if (!('operand' in data)) return ofNumber(data.operation, left, data.decimals);
  const right = needNumber('math.not_a_number', 'operand', await value(data.operand, facts));
  return ofPair(data.operation, left, right);
}

function ofNumber(
  operation: z.infer<typeof ofOne>['operation'],
  number: number,
  decimals = 0,
): number {
  return operation === 'abs' ? Math.abs(number) : rounded(number, decimals, operation);
}

function ofPair(
  operation: z.infer<typeof ofTwo>['operation'],
  left: number,
  right: number,
): number {
  switch (operation) {
    case 'add':
      return left + right;
    case 'subtract':
      return left - right;
    case 'multiply':
      return left * right;
    case 'divide':
      return left / notZero(right, left);
    case 'modulo':
      return modulo(left, notZero(right, left));
    case 'power':
      if (left === 0 && right < 0) notZero(0, 1);
      return left ** right;
  }
}

function notZero(divisor: number, dividend: number): number {
  if (divisor !== 0) return divisor;
  throw new EvaluationFailed('math.division_by_zero', `${dividend} cannot be divided by 0.`);
}

function modulo(left: number, right: number): number {
  const rest = left % right;
  return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
}

function ofNumbers(
  operation: z.infer<typeof ofMany>['operation'],
  numbers: readonly number[],
): number {
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (operation === 'sum') return sum;
  const [first, ...rest] = numbers;
  if (first === undefined) {
    throw new EvaluationFailed('math.no_values', `There is nothing to take the ${operation} of.`);
  }
  if (operation === 'average') return sum / numbers.length;
  const better = operation === 'min' ? Math.min : Math.max;
  return rest.reduce((best, number) => better(best, number), first);
}
