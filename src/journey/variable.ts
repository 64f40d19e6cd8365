/** Variables of an enrollment, as the nodes that write them name and bound them. */
import { z } from 'zod';
import { show } from './coercion';
import { EvaluationFailed } from './facts';
import type { Json } from './json';
import type { DecisionOutcome } from './node-type';

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** What one variable may hold; a list that grows in a cycle must end somewhere. */
const MOST_CHARACTERS = 100_000;

/** The name of a variable, read back as `variables.name`. */
export const variableName = z
  .string()
  .regex(
    NAME,
    'A variable is 1 to 64 letters, digits, "_" and "-", beginning with a letter or "_".',
  )
  .describe('The variable that the result is written to.');

/** The outcome of a node that sets a variable. @throws EvaluationFailed when the value is too large. */
export function setsVariable(name: string, value: Json, code: string): DecisionOutcome<'next'> {
  const characters = JSON.stringify(value).length;
  if (characters > MOST_CHARACTERS) {
    throw new EvaluationFailed(
      'variable.too_large',
      `The variable "${name}" would have ${characters} characters as JSON; it may have ${MOST_CHARACTERS}.`,
    );
  }
  return {
    port: 'next',
    reason: { code, detail: `${name} is ${show(value)}` },
    output: { value },
    writes: [{ kind: 'set_variable', name, value }],
  };
}
