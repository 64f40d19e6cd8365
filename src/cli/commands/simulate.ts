import type { Issue } from '../../errors';
import type { Definition } from '../../journey/definition';
import {
  type DryRunReport,
  type DryRunRequest,
  type DryRunWorld,
  dryRun,
} from '../../language/dry-run';
import { checkDryRun } from '../../language/dry-run-names';
import { defineCommand } from '../command';
import { UsageError } from '../usage-error';
import { readDefinition } from '../definitions';
import { counted, reportOn } from '../problems';
import { readRequest } from '../request';
import { printHeading, printRun } from '../run-text';
import { stepThrough } from '../step-through';
import { hasErrors, readTemplates, TEMPLATES_OPTION, unknownTemplates } from '../templates';
import type { Terminal } from '../terminal';
import { frameOf } from '../timeline';
import { whenVisitBegan } from '../visits';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Run a definition on virtual time, and show what would happen, when and why.',
  usage: '<file> [options]',
  description: [
    'Runs a definition with a contact and a script of events, by the rules that live enrollments follow.',
    'Nothing is sent, called or stored. Data is given as JSON, or as a YAML or JSON file; - is standard',
    'input. Times are shown in the time zone of the contact.',
  ],
  options: {
    contact: {
      type: 'string',
      value: 'data',
      help: 'Who enters; without it somebody with an address.',
    },
    events: {
      type: 'string',
      value: 'data',
      help: 'What happens: a list as in "events" of a test.',
    },
    trigger: {
      type: 'string',
      value: 'event',
      help: 'What enrolls her: an event, or {type, properties}.',
    },
    variables: { type: 'string', value: 'data', help: 'Variables of the enrollment.' },
    mocks: { type: 'string', value: 'data', help: 'What nodes answer, as in "mocks" of a test.' },
    choose: {
      type: 'string',
      multiple: true,
      value: 'node=port',
      help: 'Force a split; may be repeated.',
    },
    start: { type: 'string', value: 'instant', help: 'When she enters; now without it.' },
    'stop-at': { type: 'string', value: 'node', help: 'Stop before this node goes on.' },
    step: { type: 'boolean', help: 'Go node by node, and let things happen on the way.' },
    ...TEMPLATES_OPTION,
    json: { type: 'boolean', help: 'Print one JSON document.' },
  },
  examples: [
    'throughline simulate cart.yaml --contact ada.yaml --events opens-and-pays.yaml',
    'throughline simulate cart.yaml --contact \'{"email": "ada@example.com"}\' --choose subject=b',
    'throughline simulate cart.yaml --start 2026-03-27T08:00:00Z --step',
  ],
  async run(files, options, terminal) {
    const { json, step } = options;
    const file = onlyOne(files);
    const inputs = [file, options.contact, options.events, options.variables, options.mocks];
    if (step && json)
      throw new UsageError('--step is for people and --json for programs; use one.');
    if (step && inputs.includes('-'))
      throw new UsageError(
        'With --step, standard input is for commands; name a file instead of -.',
      );
    const read = await readDefinition(file);
    const { definition } = read;
    if (definition === null) return reportOn([read], json, terminal);
    const shelf = await readTemplates(options.templates);
    const broken = shelf.files.filter(hasErrors);
    if (broken.length > 0) return reportOn(broken, json, terminal);
    const { request, problems } = await readRequest(options, definition);
    if (problems !== null) return reportOn(problems, json, terminal);
    const found = [...read.warnings, ...unknownTemplates(read.templates, shelf)];
    if (!json) mentionWarnings(found, terminal);
    const now = Math.floor(Date.now() / SECOND) * SECOND;
    const world = { now, templates: shelf.templates };
    if (step) return stepThrough(definition, request, world, terminal);
    const { report, stoppedAt } = await run(definition, request, world);
    const { warnings } = checkDryRun(definition, request);
    if (json) terminal.json({ ...report, warnings: [...found, ...warnings] });
    else print(definition, request, report, stoppedAt, terminal);
    return report.status === 'failed' ? 1 : 0;
  },
});

const SECOND = 1_000;

function mentionWarnings({ length }: readonly Issue[], { line, paint }: Terminal): void {
  if (length === 0) return;
  line(paint('yellow', `${counted(length, 'warning')}; "throughline validate" shows more.`));
  line();
}

function onlyOne([file, second]: readonly string[]): string {
  if (file === undefined) throw new UsageError('Name a file, or - for standard input.');
  if (second === undefined) return file;
  throw new UsageError(`simulate takes one file; "${second}" is one more.`);
}

interface Ran {
  readonly report: DryRunReport;
  /** The node that it was stopped at; null when it never came there. */
  readonly stoppedAt: string | null;
}

async function run(
  definition: Definition,
  request: DryRunRequest,
  world: DryRunWorld,
): Promise<Ran> {
  const report = await dryRun(definition, request, world);
  const { stopAt } = request;
  const index = report.steps.findIndex(({ nodeId }) => nodeId === stopAt);
  if (stopAt === undefined || index === -1) return { report, stoppedAt: null };
  return { report: whenVisitBegan(report, index), stoppedAt: stopAt };
}

function print(
  definition: Definition,
  request: DryRunRequest,
  report: DryRunReport,
  stoppedAt: string | null,
  terminal: Terminal,
): void {
  const frame = frameOf(definition, request, Date.parse(report.startedAt));
  printHeading(definition, request.contact, report, frame, terminal);
  printRun(report, request.events ?? [], frame, terminal, { stoppedAt });
  if (request.stopAt !== undefined && stoppedAt === null)
    terminal.line(`It never came to "${request.stopAt}".`);
}
