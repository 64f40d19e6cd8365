/** What somebody types while going through a journey. */
import { z } from 'zod';
import { parseDuration } from '../journey/duration';
import { contactState } from '../journey/journey-tests';
import { didYouMean, suggestion } from '../language/suggest';
import { parseJson } from './data';
import { eventNamed } from './request';
import type { Happening } from './stepper';

export type StepCommand =
  | { readonly kind: 'next' | 'help' | 'quit' }
  | { readonly kind: 'until'; readonly node: string }
  | { readonly kind: 'happen'; readonly happening: Happening; readonly delay: number }
  | { readonly kind: 'wrong'; readonly message: string };

export const STEP_HELP: readonly string[] = [
  'next                             go on to the next node (or an empty line)',
  'until <node>                     go on until she comes to the node',
  'event <type> [properties]        let an event happen now: event email.opened {"link": "/"}',
  'contact <fields>                 change the contact now: contact {"tags": ["vip"]}',
  'in <duration> event|contact …    the same, later: in 2h event email.opened',
  'help                             show this',
  'quit                             leave',
];

const SHORT: ReadonlyMap<string, string> = new Map([
  ['', 'next'],
  ['n', 'next'],
  ['u', 'until'],
  ['e', 'event'],
  ['c', 'contact'],
  ['h', 'help'],
  ['?', 'help'],
  ['q', 'quit'],
  ['exit', 'quit'],
]);
const COMMANDS = ['next', 'until', 'event', 'contact', 'in', 'help', 'quit'];

/** Reads one line. */
export function parseStepCommand(line: string, delay = 0): StepCommand {
  const [word, rest] = firstWord(line);
  const name = SHORT.get(word) ?? word;
  if (delay > 0 && name !== 'event' && name !== 'contact')
    return wrong('Behind "in <duration>" comes event or contact.');
  switch (name) {
    case 'next':
    case 'help':
    case 'quit':
      return rest === '' ? { kind: name } : wrong(`"${name}" stands alone.`);
    case 'until':
      return rest === '' ? wrong('Until which node?') : { kind: 'until', node: rest };
    case 'in':
      return later(rest);
    case 'event':
      return event(rest, delay);
    case 'contact': {
      const change = read(rest, contactState, 'contact {"tags": ["vip"]}');
      return typeof change === 'string' ? wrong(change) : happen({ contact: change }, delay);
    }
    default:
      return wrong(
        `There is no command "${word}".${didYouMean(suggestion(word, COMMANDS))} "help" lists them.`,
      );
  }
}

function later(text: string): StepCommand {
  // A duration may be two words, as in "24 hours".
  const [, words = '', rest = ''] = /^(.*?)\s+((?:event|e|contact|c)\b.*)$/s.exec(text) ?? [];
  const delay = parseDuration(words);
  if (delay === null || delay <= 0)
    return wrong('Write how long from now, then what happens: in 2h event email.opened');
  return parseStepCommand(rest, delay);
}

function event(text: string, delay: number): StepCommand {
  const [type, rest] = firstWord(text);
  if (type === '') return wrong('Which event? Write: event email.opened');
  if (rest === '') return happen({ type: eventNamed(type) }, delay);
  const properties = read(rest, z.record(z.string(), z.json()), 'event cart.paid {"total": 40}');
  if (typeof properties === 'string') return wrong(properties);
  return happen({ type: eventNamed(type), properties }, delay);
}

function read<T extends object>(text: string, schema: z.ZodType<T>, example: string): T | string {
  const { value, issues } = parseJson({ name: '', text }, schema);
  if (issues === null) return value;
  const [first] = issues;
  const path = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return `${path}${first?.message ?? 'This cannot be read.'} Write it like ${example}`;
}

function firstWord(text: string): readonly [word: string, rest: string] {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  return [word, rest];
}

const happen = (happening: Happening, delay: number): StepCommand => ({
  kind: 'happen',
  happening,
  delay,
});
const wrong = (message: string): StepCommand => ({ kind: 'wrong', message });
