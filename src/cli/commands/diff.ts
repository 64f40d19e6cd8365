import path from 'node:path';
import type { Definition } from '../../journey/definition';
import { diffDefinitions } from '../../language/definition-diff';
import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand, type ExitCode } from '../command';
import { type ReadDefinition, readDefinition } from '../definitions';
import { findDefinition } from '../plan/find-definition';
import { counted, reportOn } from '../problems';
import { printable, type Terminal } from '../terminal';
import { UsageError } from '../usage-error';
import { wholeNumber } from '../values';

interface Changed {
  readonly sentence: string;
}

export const diff = defineCommand({
  name: 'diff',
  summary: 'Tell definitions apart, in sentences: files, versions and drafts.',
  usage: '<file|workflow> [<file>] [options]',
  description: [
    'One file is compared with the workflow of its key: what changes from the active version, or from the draft',
    'where none is active. Two files are compared without any server. A workflow, named by its key, is compared',
    'with itself: its active version with its draft, or what --from and --to say. Exit code 1: they differ.',
  ],
  options: {
    from: { type: 'string', value: 'version', help: 'A number, "active" or "draft".' },
    to: { type: 'string', value: 'version', help: 'The same; for a workflow, not for a file.' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline diff cart.yaml',
    'throughline diff abandoned-cart --from 3 --to draft',
    'throughline diff before.yaml after.yaml',
  ],
  async run(args, values, terminal) {
    const { json } = values;
    const [first, second, third] = args;
    if (first === undefined) throw new UsageError('Name a file, or a workflow by its key.');
    if (third !== undefined) throw new UsageError(`diff compares two; "${third}" is one more.`);
    if (second === undefined && !isFile(first)) {
      const client = await connect(values);
      const { from, to } = values;
      const { changes } = await client.workflows.diff(first, {
        from: await numbered(from, async () => (await client.workflows.get(first)).version),
        to: await numbered(to, async () => (await client.workflows.get(first)).version),
      });
      return report(changes, json, terminal);
    }
    if (values.to !== undefined) throw new UsageError('--to is for a workflow; a file is its own.');
    if (second !== undefined && values.from !== undefined)
      throw new UsageError(
        '--from says which version a file is compared with; here are two files.',
      );
    const files: ReadDefinition[] = [await readDefinition(first)];
    if (second !== undefined) files.push(await readDefinition(second));
    const [one, other] = files.map(({ definition }) => definition);
    if (files.some(({ definition }) => definition === null) || !one)
      return reportOn(files, json, terminal);
    if (other) return report(diffDefinitions(one, other), json, terminal);
    const before: Definition = await findDefinition(await connect(values), one.key, values.from);
    return report(diffDefinitions(before, one), json, terminal);
  },
});

/** A key has neither a folder nor an ending. */
const isFile = (name: string): boolean =>
  name === '-' || /[/\\]/.test(name) || path.extname(name) !== '';

async function numbered(
  which: string | undefined,
  active: () => Promise<number | null>,
): Promise<number | 'draft' | undefined> {
  if (which === undefined || which === 'draft') return which;
  if (which !== 'active') return wholeNumber(which, '--from and --to');
  const number = await active();
  if (number === null) throw new UsageError('It was never activated, so no version is active.');
  return number;
}

function report(changes: readonly Changed[], json: boolean, terminal: Terminal): ExitCode {
  if (json) terminal.json({ changes });
  else {
    for (const { sentence } of changes) terminal.line(printable(sentence));
    if (changes.length === 0) terminal.line('No difference.');
    else terminal.line(`\n${counted(changes.length, 'difference')}`);
  }
  return changes.length === 0 ? 0 : 1;
}
