import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ThroughlineClient } from '../../client/index';
import { type DefinitionForm, exportDefinition } from '../../language/export-definition';
import { parseDefinitionText } from '../../language/parse-definition';
import { templateFileText } from '../../language/template-file';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand, type ExitCode } from '../command';
import { everyPage } from '../pages';
import { readTemplate, readVersion } from '../plan/world';
import { withProgress } from '../progress';
import { oneOf, wholeNumber } from '../values';
import { UsageError } from '../usage-error';

const FORMS: readonly DefinitionForm[] = ['graph', 'steps', 'actions'];
const FORMATS = ['yaml', 'json'] as const;

interface Written {
  readonly form: DefinitionForm;
  readonly format: (typeof FORMATS)[number];
}

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write workflows as files; importing or applying such a file gives the same definition.',
  usage: '<workflow…> [options]',
  description: [
    'Writes the draft of a workflow, named by key or id, to the standard output; with --out, of any number of',
    'them into a folder, each as <key>.yaml or <key>.json. With --templates the stored templates of mails that',
    'they send are written too, as files that "plan" and "test" take.',
  ],
  options: {
    all: { type: 'boolean', help: 'Every workflow but archived ones; with --out.' },
    form: { type: 'string', value: 'form', help: 'graph (unless told), steps or actions.' },
    format: { type: 'string', value: 'format', help: 'yaml (unless told) or json.' },
    version: {
      type: 'string',
      value: 'number',
      help: 'A published version, or "active"; the draft unless told.',
    },
    out: { type: 'string', value: 'folder', help: 'Where to write files; made if missing.' },
    templates: {
      type: 'string',
      value: 'folder',
      help: 'Where to write the templates that they send, each as <key>.yaml; with --out.',
    },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline export abandoned-cart > cart.yaml',
    'throughline export --all --out journeys --templates journeys/mails',
    'throughline export abandoned-cart --version active --format json --form steps',
  ],
  async run(args, values, terminal) {
    const { all, out, templates, version, json } = values;
    const form = oneOf(values.form ?? 'graph', FORMS, '--form');
    const format = oneOf(values.format ?? 'yaml', FORMATS, '--format');
    if (all === args.length > 0)
      throw new UsageError('Name workflows by their keys, or say --all.');
    if (out === undefined && (all || args.length > 1))
      throw new UsageError('More than one workflow is written into a folder: say --out <folder>.');
    if (out === undefined && json)
      throw new UsageError('--json tells which files were written; it goes with --out.');
    if (out === undefined && templates !== undefined)
      throw new UsageError(
        '--templates writes files beside those of workflows; say --out <folder>.',
      );
    return withProgress(async (tell): Promise<ExitCode> => {
      const client = await connect(values);
      const keys = all ? await everyKey(client) : args;
      const files: { key: string; file: string }[] = [];
      const sent = new Set<string>();
      for (const [index, key] of keys.entries()) {
        tell(`${index + 1}/${keys.length} ${key}`);
        const text = await textOf(client, key, version, { form, format });
        if (out === undefined) {
          tell('');
          process.stdout.write(text);
          return 0;
        }
        files.push({ key, file: written(out, `${key}.${format}`, text) });
        for (const named of parseDefinitionText(text).templates) sent.add(named.key);
      }
      if (templates !== undefined) files.push(...(await shelved(client, sent, templates)));
      tell('');
      if (json) terminal.json({ files });
      else for (const { file } of files) terminal.line(file);
      return 0;
    });
  },
});

async function shelved(client: ThroughlineClient, keys: ReadonlySet<string>, folder: string) {
  const files: { key: string; file: string }[] = [];
  for (const key of keys) {
    const template = await readTemplate(client, key);
    if (template !== null)
      files.push({ key, file: written(folder, `${key}.yaml`, templateFileText(template)) });
  }
  return files;
}

async function everyKey(client: ThroughlineClient): Promise<readonly string[]> {
  const all = await everyPage((page) => client.workflows.list(page));
  return all.filter(({ status }) => status !== 'archived').map(({ key }) => key);
}

async function textOf(
  client: ThroughlineClient,
  key: string,
  version: string | undefined,
  options: Written,
): Promise<string> {
  if (version === undefined) return client.workflows.export(key, options);
  const number =
    version === 'active'
      ? (await client.workflows.get(key)).version
      : wholeNumber(version, '--version');
  if (number === null)
    throw new UsageError(`"${key}" was never activated, so it has no active version.`);
  return exportDefinition((await readVersion(client, key, number)).definition, options);
}

function written(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return file;
  } catch (error) {
    throw new UsageError(`${file} cannot be written. ${(error as Error).message}`);
  }
}
