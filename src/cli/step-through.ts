/** `simulate --step`: shows where she is, and does what is typed until the journey or the input ends. */
import type { Definition } from '../journey/definition';
import type { DryRunRequest, DryRunWorld } from '../language/dry-run';
import type { ExitCode } from './command';
import { typedLines } from './conversation';
import { endingText, printHeading } from './run-text';
import { parseStepCommand, STEP_HELP, type StepCommand } from './step-commands';
import { Stepper } from './stepper';
import { printable, type Terminal } from './terminal';
import { frameOf, printRows, type Row } from './timeline';
import { Walk } from './walk';

/** Goes through a dry run as somebody says. Answers 1 when the journey failed. */
export async function stepThrough(
  definition: Definition,
  request: DryRunRequest,
  world: DryRunWorld,
  terminal: Terminal,
): Promise<ExitCode> {
  const stepper = await Stepper.begin(definition, request, world);
  const frame = frameOf(definition, request, stepper.startedAt);
  const walk = new Walk(stepper, frame, terminal.paint);
  const show = (rows: readonly Row[]) => printRows(rows, frame, terminal);
  printHeading(definition, request.contact, stepper.report, frame, terminal);
  show(walk.arrive());
  const { stopAt } = request;
  if (stopAt !== undefined && stopAt !== stepper.here()?.step.nodeId)
    obey({ kind: 'until', node: stopAt }, stepper, walk, show, terminal);
  if (stepper.here() !== undefined) await converse(stepper, walk, show, terminal);
  if (stepper.here() !== undefined) return 0;
  terminal.line();
  terminal.line(endingText(stepper.report, frame, terminal));
  return stepper.report.status === 'failed' ? 1 : 0;
}

type Show = (rows: readonly Row[]) => void;

async function converse(
  stepper: Stepper,
  walk: Walk,
  show: Show,
  terminal: Terminal,
): Promise<void> {
  for await (const line of typedLines(terminal)) {
    const command = parseStepCommand(line);
    if (command.kind === 'quit') return;
    if (command.kind === 'happen') {
      const noticed = await stepper.happen(command.happening, command.delay);
      if (!noticed && command.delay === 0) {
        const node = stepper.here()?.step.nodeId ?? '';
        terminal.line(
          `  It happens right after "${node}", which goes on in the instant it is reached.`,
        );
      }
    } else obey(command, stepper, walk, show, terminal);
    if (stepper.here() === undefined) return;
  }
}

function obey(
  command: Exclude<StepCommand, { kind: 'happen' }>,
  stepper: Stepper,
  walk: Walk,
  show: Show,
  terminal: Terminal,
): void {
  switch (command.kind) {
    case 'next':
      return show(walk.goOn());
    case 'until': {
      const target = stepper.next(command.node);
      if (target !== null) {
        const rows: Row[] = [];
        while (stepper.index < target) rows.push(...walk.goOn());
        return show(rows);
      }
      const node = printable(command.node);
      return terminal.line(`  As things are, she does not come to "${node}" from here.`);
    }
    case 'help':
      for (const line of STEP_HELP) terminal.line(`  ${line}`);
      return;
    case 'wrong':
      return terminal.line(`  ${printable(command.message)}`);
    case 'quit':
  }
}
