/**
 * Values of a configuration: a literal, or a Liquid text that is rendered when the node is reached.
 *
 * What an operand must be is known only then, so the readers below end in `EvaluationFailed`: the node
 * takes its `error` port, with a code and a sentence that names the operand.
 */
import { z } from 'zod';
import { isList, isMissing, numberOf, show, textOf } from './coercion';
import { EvaluationFailed } from './facts';
import type { Json, JsonObject } from './json';
import { json } from './json-value';

const LIQUID = /\{\{|\{%/;

/** Whether a value is a text that must be rendered. */
export function isLiquid(text: string): boolean {
  return LIQUID.test(text);
}

const LONGEST_LIQUID = 2_000;

/** A Liquid text, where a literal would be of another type than text. */
export const liquid = z
  .string()
  .max(LONGEST_LIQUID)
  .regex(LIQUID, 'Expected a Liquid text such as "{{ variables.total }}" here, or a literal.');

/** A number, digits, or a Liquid text that gives one. */
export const numberValue = z.union([
  z.number(),
  z
    .string()
    .max(LONGEST_LIQUID)
    .refine(
      (text) => isLiquid(text) || numberOf(text) !== null,
      'Expected a number, or a Liquid text that gives one.',
    ),
]);

/** A list of values, or a Liquid text that gives one. */
export const listValue = z.union([z.array(json).max(1_000), liquid]);

/** Every Liquid text inside a configuration, with its path from there. */
export function templatesIn(
  config: unknown,
  path = '',
): readonly { readonly path: string; readonly text: string }[] {
  if (typeof config === 'string') return isLiquid(config) ? [{ path, text: config }] : [];
  if (typeof config !== 'object' || config === null) return [];
  if (Array.isArray(config)) {
    return config.flatMap((item, index) => templatesIn(item, `${path}[${index}]`));
  }
  return Object.entries(config).flatMap(([name, value]) =>
    templatesIn(value, path === '' ? name : `${path}.${name}`),
  );
}

function unfit(code: string, name: string, value: Json | undefined, needed: string) {
  const is = isMissing(value) ? 'is missing' : `is ${show(value)}`;
  return new EvaluationFailed(code, `"${name}" ${is}; ${needed} is needed.`);
}

/** The number that an operand is or reads as. @throws EvaluationFailed with the code. */
export function needNumber(code: string, name: string, value: Json | undefined): number {
  const number = isMissing(value) ? null : numberOf(value);
  if (number === null) throw unfit(code, name, value, 'a number');
  return number;
}

/** The same for whole numbers. @throws EvaluationFailed with the code. */
export function needWhole(code: string, name: string, value: Json | undefined): number {
  const number = isMissing(value) ? null : numberOf(value);
  if (number === null || !Number.isInteger(number))
    throw unfit(code, name, value, 'a whole number');
  return number;
}

/** The text that an operand is; a number reads as its digits. @throws EvaluationFailed with the code. */
export function needText(code: string, name: string, value: Json | undefined): string {
  const text = isMissing(value) ? null : textOf(value);
  if (text === null) throw unfit(code, name, value, 'a text');
  return text;
}

/** The list that an operand is; a missing one is empty. @throws EvaluationFailed with the code. */
export function needList(code: string, name: string, value: Json | undefined): readonly Json[] {
  if (isMissing(value)) return [];
  if (!isList(value)) throw unfit(code, name, value, 'a list');
  return value;
}

/** An object told from a list. */
export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
