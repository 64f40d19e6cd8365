import { z } from 'zod';
import { json } from '../json-value';
import { defineNodeType } from '../node-type';
import { templatesIn } from '../value';
import { setsVariable, variableName } from '../variable';

export const setVariable = defineNodeType({
  type: 'set_variable',
  kind: 'decision',
  summary: 'Keeps a value under a name for the rest of the journey.',
  description:
    'Conditions and templates read it as `variables.name`. A text that is one single `{{ expression }}` keeps its type: a number stays a number, a list a list. Lists and objects are rendered inside.',
  config: z.strictObject({
    name: variableName.describe('The name of the variable.'),
    value: json.describe('The value: a literal, or a Liquid text.'),
  }),
  ports: ['next'],
  examples: [
    { title: 'A literal', data: { name: 'discount', value: 10 }, takes: 'next' },
    {
      title: 'What the triggering event said',
      data: { name: 'total', value: '{{ event.total | default: 0 }}' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  label: ({ name }) => `Set ${name}`,
  async decide({ name, value }, facts, evaluators) {
    return setsVariable(name, await evaluators.value(value, facts), 'variable.set');
  },
});
