import { defineCommand } from '../command';
import { readDefinition } from '../definitions';
import { type Problems, reportOn } from '../problems';
import { filesOf } from '../sources';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check definitions; report every problem with its line and column.',
  usage: '<file…|folder…> [--json]',
  description: [
    'Checks definitions in any form, in YAML or JSON. A folder stands for every .yaml, .yml and',
    '.json file in it and below, node_modules and hidden folders aside; - is standard input.',
    'Warnings are shown, and are not errors.',
  ],
  options: { json: { type: 'boolean', help: 'Print one JSON document.' } },
  examples: ['throughline validate cart.yaml', 'throughline validate journeys/'],
  async run(args, { json }, terminal) {
    const files: Problems[] = [];
    for (const name of filesOf(args)) files.push(await readDefinition(name));
    return reportOn(files, json, terminal);
  },
});
