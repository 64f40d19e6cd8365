/**
 * Evaluated once per worker instead of once per enrollment: schemas are built here, and frozen.
 *
 * zod keeps compiled parsers on first use, which a frozen module could no longer do; so every
 * schema parses something good and something bad while this module is loaded.
 */
import { commandInputs } from '../src/journey/commands';
import { definitionSchema } from '../src/journey/definition';
import { nodeTypes } from '../src/journey/nodes/index';

const parsers = [
  definitionSchema,
  ...[...nodeTypes.values()].map((type) => type.config),
  ...Object.values(commandInputs),
];

for (const parser of parsers) parser.safeParse(null);
for (const type of nodeTypes.values()) {
  for (const example of type.examples) type.config.safeParse(example.data);
}

export const preloaded = parsers.length;
