import { JSON_OPTION } from '../api-options';
import { defineCommand } from '../command';
import { readDefinition } from '../definitions';
import { type Problems, reportOn } from '../problems';
import { definitionsAmong, readTemplates, TEMPLATES_OPTION, unknownTemplates } from '../templates';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check definitions; report every problem with its line and column.',
  usage: '<file…|folder…> [options]',
  description: [
    'Checks definitions in any form, in YAML or JSON. A folder stands for every .yaml, .yml and',
    '.json file in it and below, node_modules and hidden folders aside; - is standard input.',
    'Warnings are shown, and are not errors. Templates of mails are files with what POST /templates takes.',
  ],
  options: { ...TEMPLATES_OPTION, ...JSON_OPTION },
  examples: [
    'throughline validate cart.yaml',
    'throughline validate journeys/ --templates templates/',
  ],
  async run(args, { templates, json }, terminal) {
    const shelf = await readTemplates(templates);
    const files: Problems[] = [];
    for (const name of definitionsAmong(args, shelf)) {
      const read = await readDefinition(name);
      const warnings = [...read.warnings, ...unknownTemplates(read.templates, shelf)];
      files.push({ ...read, warnings });
    }
    return reportOn([...files, ...shelf.files], json, terminal);
  },
});
