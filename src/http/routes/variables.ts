/** The variables of the workspace: `{{ workspace.name }}`, and `{{ name }}` where an enrollment has none of that name. */
import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import {
  getVariable,
  listVariables,
  removeVariable,
  setVariable,
  type WorkspaceVariable,
} from '../../db/variables';
import type { Json } from '../../db/json';
import { fail } from '../../errors';
import { variableName } from '../../journey/variable';
import { listAnswer, listOf, pageQuery } from '../common';
import { readRoute, writeRoute } from '../route';

const anyJson = z
  .custom<Json>((value) => value !== undefined, 'Expected a value; null is one.')
  .meta({ override: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] } });

/** Inputs may not have these as keys, and so no JSON that holds all variables. */
const NO_NAMES = ['__proto__', 'constructor', 'prototype'];

const name = variableName
  .refine((given) => !NO_NAMES.includes(given), 'This is no name for a variable. Choose another.')
  .describe('How templates call it: `{{ workspace.name }}`.');

export const variableInput = z
  .strictObject({ name, value: anyJson.describe('Any JSON.') })
  .meta({ id: 'VariableInput' });

export const variableSchema = z
  .object({ name: z.string(), value: anyJson })
  .meta({ id: 'Variable' });

const byName = z.strictObject({ name: z.string().describe('The name.') });

const missing = (wanted: string) =>
  fail('variable.not_found', `This workspace has no variable "${wanted.slice(0, 100)}".`);

const view = ({ name, value }: WorkspaceVariable): z.infer<typeof variableSchema> => ({
  name,
  value,
});

export const variableRoutes = [
  writeRoute({
    method: 'post',
    path: '/variables',
    operationId: 'setVariable',
    summary: 'Give a variable of the workspace its value',
    description:
      'Templates and conditions see it from the next step on, of people under way too; nobody is woken by it. All variables together may have 100,000 characters as JSON.',
    scope: 'workflows:write',
    body: variableInput,
    answers: {
      200: { description: 'The variable, changed.', schema: variableSchema },
      201: { description: 'The variable, made.', schema: variableSchema },
    },
    async write(tx, { body, key }) {
      const created = await setVariable(tx, body);
      await recordAudit(tx, {
        ...{ actor: key.keyId, action: 'variable.set', subjectType: 'variable' },
        ...{ subjectId: body.name, detail: { created } },
      });
      const headers = { Location: `/api/v1/variables/${body.name}` };
      return { status: created ? 201 : 200, body: view(body), headers };
    },
  }),
  readRoute({
    method: 'get',
    path: '/variables',
    operationId: 'listVariables',
    summary: 'List the variables of the workspace by their names',
    scope: 'workflows:read',
    query: pageQuery,
    answers: { 200: { description: 'Variables.', schema: listOf(variableSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listVariables(tx, query), view)),
  }),
  readRoute({
    method: 'get',
    path: '/variables/:name',
    operationId: 'getVariable',
    summary: 'Get a variable of the workspace',
    scope: 'workflows:read',
    params: byName,
    answers: { 200: { description: 'The variable.', schema: variableSchema } },
    problems: ['variable.not_found'],
    handle: ({ params, transaction }) =>
      transaction(async (tx) => {
        const variable = await getVariable(tx, params.name);
        if (variable === null) throw missing(params.name);
        return { status: 200, body: view(variable) };
      }),
  }),
  writeRoute({
    method: 'delete',
    path: '/variables/:name',
    operationId: 'deleteVariable',
    summary: 'Take a variable of the workspace away',
    scope: 'workflows:write',
    params: byName,
    answers: { 200: { description: 'What it was.', schema: variableSchema } },
    problems: ['variable.not_found'],
    async write(tx, { params, key }) {
      const variable = await removeVariable(tx, params.name);
      if (variable === null) throw missing(params.name);
      await recordAudit(tx, {
        ...{ actor: key.keyId, action: 'variable.delete', subjectType: 'variable' },
        ...{ subjectId: params.name },
      });
      return { status: 200, body: view(variable) };
    },
  }),
];
