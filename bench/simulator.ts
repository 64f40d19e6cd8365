/**
 * How fast definitions are judged and journeys simulated: a hundred nodes, a year through them, and what
 * somebody writes who means no good. Prints a table; nothing here needs a server.
 *
 *     node --import tsx bench/simulator.ts
 */
process.env['TZ'] ??= 'UTC';

import { setImmediate } from 'node:timers/promises';
import { createEvaluators } from '../src/evaluate/evaluators';
import { indexGraph } from '../src/journey/graph';
import { simulate } from '../src/journey/simulate';
import { contactOf, scriptOf } from '../src/language/dry-run-script';
import { parseDefinition, parseDefinitionText } from '../src/language/parse-definition';
import { median, quantile, round } from './statistics';

const ROUNDS = 20;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1, 8);

interface Line {
  readonly what: string;
  readonly goalMs: number;
  readonly found: string;
  readonly ms: readonly number[];
}

const NODES = 100;
const YES = [{ field: 'contact.email', operator: 'exists' }];

/** The kinds of a journey that lasts, again and again; the waits come to a year. */
const KINDS: readonly (readonly [type: string, data: object])[] = [
  ['wait', { for: '23d' }],
  ['condition', { condition: YES }],
  ['send_email', { subject: 'Hello {{ contact.firstName }}', text: 'Day {{ variables.day }}' }],
  ['wait_for_event', { event: 'email.opened', timeout: '10d8h' }],
  ['add_tag', { tag: 'seen-{{ contact.score }}' }],
  ['update_score', { by: 5 }],
  ['set_variable', { name: 'day', value: '{{ contact.score }}' }],
];

const hundred = {
  key: 'hundred',
  name: 'A hundred nodes',
  trigger: { type: 'manual' },
  nodes: Array.from({ length: NODES }, (_, index) => {
    const [type, data] = KINDS[index % KINDS.length] ?? ['end', {}];
    return { id: `n${index}`, type, data };
  }),
  edges: Array.from({ length: NODES - 1 }, (_, index) => {
    const [type] = KINDS[index % KINDS.length] ?? [];
    const source = { source: `n${index}`, target: `n${index + 1}` };
    return type === 'condition' ? { ...source, sourceHandle: 'true' } : source;
  }),
  goals: [
    {
      id: 'paid',
      event: 'cart.paid',
      condition: [{ field: 'total', operator: 'greater_than', value: 50 }],
    },
  ],
  settings: { exitWhen: [{ type: 'tag', operator: 'includes', value: 'gone' }] },
};

async function yearOf(): Promise<string> {
  const { definition, errors } = parseDefinition(hundred);
  if (definition === null) throw new Error(JSON.stringify(errors));
  const events = Array.from({ length: 365 }, (_, day) => ({
    after: day * DAY,
    type: day % 3 === 0 ? 'email.opened' : 'page.viewed',
  }));
  const { steps, endedAt } = await simulate(indexGraph(definition), {
    contact: contactOf({ email: 'ada@example.com', firstName: 'Ada' }),
    startAt: START,
    script: scriptOf(events, START),
    evaluators: createEvaluators(),
    settle: () => setImmediate(),
    workflow: { key: definition.key, version: 1 },
  });
  return `${steps.length} visits in ${Math.round(((endedAt ?? START) - START) / DAY)} days`;
}

const answer = ({ errors }: { readonly errors: readonly { readonly code: string }[] }) => {
  const [first, ...more] = errors.map(({ code }) => code.replace('definition.', ''));
  return first === undefined
    ? 'accepted'
    : `${first}${more.length === 0 ? '' : ` +${more.length}`}`;
};

const asking = (data: object) => ({
  name: 'x',
  trigger: { type: 'manual' },
  nodes: [{ id: 'a', type: 'condition', data }],
  edges: [],
});

const aliases = Array.from({ length: 30 }, (_, index) =>
  index === 0 ? 'a0: &a0 [x, x]' : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
).join('\n');

const wrong = {
  name: 'x',
  nodes: Array.from({ length: NODES }, (_, index) => ({ id: `n${index}`, type: 'y'.repeat(50) })),
  edges: Array.from({ length: 1_000 }, (_, index) => ({
    source: `m${index}`,
    target: `o${index}`,
  })),
};

const branches = Array.from({ length: 10 }, (_, index) => `b${index}`);
const dense = {
  name: 'x',
  trigger: { type: 'manual' },
  nodes: Array.from({ length: 99 }, (_, index) => ({
    id: `n${index}`,
    ...(index % 3 === 2 ? { type: 'join', data: {} } : { type: 'parallel', data: { branches } }),
  })),
  edges: Array.from({ length: 990 }, (_, index) => ({
    source: `n${Math.floor(index / 10)}`,
    sourceHandle: Math.floor(index / 10) % 3 === 2 ? 'next' : `b${index % 10}`,
    target: `n${(index * 7) % 99}`,
  })),
};

const hostile: readonly (readonly [string, () => string])[] = [
  ['deep nesting', () => answer(parseDefinitionText('['.repeat(200_000)))],
  ['blocks in blocks', () => answer(parseDefinitionText('- '.repeat(100_000)))],
  ['a megabyte of one text', () => answer(parseDefinitionText(`name: ${'x'.repeat(999_000)}`))],
  ['a million lines', () => answer(parseDefinitionText('\n'.repeat(990_000)))],
  ['aliases of aliases', () => answer(parseDefinitionText(aliases))],
  ['ten thousand edges', () => answer(parseDefinition({ ...wrong, edges: manyEdges }))],
  ['a thousand wrong edges', () => answer(parseDefinition(wrong))],
  ['forks joined everywhere', () => answer(parseDefinition(dense))],
  ['an exploding pattern', () => answer(parseDefinition(asking(pattern)))],
  ['a pattern of patterns', () => answer(parseDefinition(asking(repeated)))],
  ['a template of loops', () => answer(parseDefinition(sending(LOOPS)))],
];

const manyEdges = Array.from({ length: 10_000 }, () => ({ source: 'a', target: 'b' }));
const matching = (value: string) => ({
  condition: [{ field: 'contact.email', operator: 'matches_regex', value }],
});
const pattern = matching('^(a+)+$');
const repeated = matching('((((a{100}){100}){100}){100})');
const LOOPS = '{% for a in (1..9999) %}'.repeat(9) + 'x' + '{% endfor %}'.repeat(9);
const sending = (text: string) => ({
  name: 'x',
  trigger: { type: 'manual' },
  nodes: [{ id: 'a', type: 'send_email', data: { subject: 'x', text } }],
  edges: [],
});

/** What a run meets that validation lets pass. */
const running: readonly (readonly [string, object])[] = [
  ['a loop in a mail, simulated', sending(LOOPS)],
  ['an exploding pattern, simulated', asking(pattern)],
];

async function play(input: object): Promise<string> {
  const { definition, errors } = parseDefinition(input);
  if (definition === null) return answer({ errors });
  const { status, error } = await simulate(indexGraph(definition), {
    contact: contactOf({ email: `${'a'.repeat(50_000)}!` }),
    startAt: START,
    script: [],
    evaluators: createEvaluators(),
    settle: () => setImmediate(),
    workflow: { key: definition.key, version: 1 },
  });
  return error === null ? status : `${status}: ${error.code}`;
}

async function measured(
  what: string,
  goalMs: number,
  work: () => string | Promise<string>,
): Promise<Line> {
  const ms: number[] = [];
  let found = await work();
  for (let index = 0; index < ROUNDS; index += 1) {
    const before = performance.now();
    found = await work();
    ms.push(performance.now() - before);
  }
  return { what, goalMs, found, ms };
}

async function main(): Promise<void> {
  const text = JSON.stringify(hundred, null, 2);
  const lines = [
    await measured('100 nodes, judged', 50, () => answer(parseDefinition(hundred))),
    await measured('100 nodes, as text', 50, () => answer(parseDefinitionText(text))),
    await measured('a year through them', 200, yearOf),
  ];
  for (const [what, work] of hostile) lines.push(await measured(what, 100, work));
  for (const [what, input] of running) lines.push(await measured(what, 100, () => play(input)));
  const rows = lines.map(({ what, goalMs, found, ms }) => {
    const worst = quantile(ms, 1);
    const verdict = median(ms) < goalMs ? 'holds' : 'MISSED';
    return [what, round(median(ms), 1), round(worst, 1), goalMs, verdict, found];
  });
  print([['', 'median ms', 'worst ms', 'goal ms', '', 'answer'], ...rows]);
}

function print(rows: readonly (readonly (string | number)[])[]): void {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  );
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      typeof cell === 'number'
        ? String(cell).padStart(widths?.[column] ?? 0)
        : cell.padEnd(widths?.[column] ?? 0),
    );
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}

void main();
