/** Single things of the API for people: a line for each of what is known. */
import type { EnrollmentState, Job, Steered, Workflow } from '../client/types';
import { printable, type Terminal } from './terminal';

type Fact = readonly [string, string | number | null];

/** Prints facts below each other; what is null is left out. */
export function printFacts(facts: readonly Fact[], terminal: Terminal): void {
  const known = facts.filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known)
    terminal.line(`${terminal.paint('dim', name.padEnd(width))}  ${printable(String(value))}`);
}

export function printEnrollment(state: EnrollmentState, terminal: Terminal): void {
  printFacts(
    [
      ['enrollment', state.id],
      ['workflow', `${state.workflowKey}, version ${state.version}`],
      ['contact', state.contactId],
      ['status', state.status],
      ['at', state.currentNodeIds.join(', ')],
      ['waits for', state.waitingFor],
      ['until', state.waitUntil],
      ['variant', state.variant],
      ['goal', state.goalId],
      ['reason', state.reason],
      ['failed', state.error && `${text(state.error['code'])} at ${text(state.error['nodeId'])}`],
      ['started', state.startedAt],
      ['ended', state.endedAt],
      ['Temporal', state.temporal.workflowId],
    ],
    terminal,
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

/** What came of a command: the enrollment, or that nobody has judged it yet. */
export function printSteered(steered: Steered, terminal: Terminal): void {
  if (!('commandId' in steered)) return printEnrollment(steered, terminal);
  terminal.line(
    `pending: stored as ${steered.commandId}, and not judged yet. "enrollments commands" will tell.`,
  );
}

export function printWorkflow(workflow: Workflow, terminal: Terminal): void {
  const { key, name, id, status, version, canary, revision } = workflow;
  printFacts(
    [
      ['workflow', key],
      ['name', name],
      ['id', id],
      ['status', status],
      ['version', version],
      ['canary', canary],
      ['revision', revision],
      ['changed', workflow.updatedAt],
    ],
    terminal,
  );
}

export function printJob(job: Job, terminal: Terminal): void {
  const { id, command, status, total, ordered, applied, refused, pending, perSecond } = job;
  const reasons = Object.entries(job.reasons).map(([code, count]) => `${count} ${code}`);
  printFacts(
    [
      ['job', id],
      ['command', command.type],
      ['status', status],
      ['ordered', `${ordered} of ${total}, ${perSecond} a second`],
      [command.type === 'enroll' ? 'entered' : 'applied', applied],
      ['not meant', job.passedOver === 0 ? null : job.passedOver],
      ['refused', refused === 0 ? 0 : `${refused} (${reasons.join(', ')})`],
      ['not judged yet', pending],
      ['begun', job.createdAt],
      ['ended', job.endedAt],
    ],
    terminal,
  );
}
