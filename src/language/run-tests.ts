/** The tests inside a definition: run each, and say in readable lines what came out otherwise. */
import { sameValues, show } from '../journey/coercion';
import type { Definition } from '../journey/definition';
import { spanText } from '../journey/duration';
import type { Instant, Json, JsonObject } from '../journey/json';
import type { JourneyTest } from '../journey/journey-tests';
import type { MailTemplates } from '../journey/mail-template';
import { nodeTypes } from '../journey/nodes/index';
import { apart } from '../journey/reason';
import { type DryRunReport, DryRunTooLong, dryRun } from './dry-run';

/** When tests begin that do not say: a Monday morning, the same in every run. */
export const START = Date.UTC(2026, 0, 5, 9);

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  readonly report: DryRunReport;
}

export interface Difference {
  /** What differs, as the test names it: `path`, `sends[1].after`. */
  readonly field: string;
  readonly message: string;
}

type Expected = JourneyTest['expect'];

/** All tests of one definition together. */
const LONGEST_MS = 15_000;

interface RunOptions {
  /** How long all of them may take, in milliseconds. */
  readonly longest?: number;
  /** Stored templates; what a mail from another one says is not judged. */
  readonly templates?: MailTemplates;
}

/** Runs every test of a definition, in order. Fails with DryRunTooLong, which names the test. */
export async function runTests(
  definition: Definition,
  { longest = LONGEST_MS, templates = {} }: RunOptions = {},
): Promise<readonly TestResult[]> {
  const until = performance.now() + longest;
  const mute = mailsWithoutContent(definition, templates);
  const results: TestResult[] = [];
  for (const test of definition.tests ?? []) {
    const { name, expect, ...request } = test;
    const world = { now: START, longest: until - performance.now(), templates };
    const report = await dryRun(definition, request, world).catch((error: unknown) => {
      if (!(error instanceof DryRunTooLong)) throw error;
      const which = { name, before: results.length, longest };
      throw stopped(which, performance.now() > until, error);
    });
    const differences = differencesOf(expect, report, mute);
    results.push({ name, passed: differences.length === 0, differences, report });
  }
  return results;
}

/** Which test was stopped, and whether it or all of them took too long. */
function stopped(
  { name, before, longest }: { name: string; before: number; longest: number },
  isOver: boolean,
  { message }: DryRunTooLong,
): DryRunTooLong {
  return new DryRunTooLong(
    isOver
      ? `The tests were stopped in "${name}", behind ${before} others: all of a definition take ${longest / 1_000} seconds at most. Lengthen the waits in its cycles, or lower settings.visitLimit.`
      : `The test "${name}" goes on for too long. ${message}`,
  );
}

/** Nodes that send a template which nobody knows here. */
function mailsWithoutContent({ nodes }: Definition, templates: MailTemplates): ReadonlySet<string> {
  const isUnknown = ({ type, data }: Definition['nodes'][number]) => {
    const key = nodeTypes.get(type)?.namesTemplate?.(data);
    return key !== undefined && !Object.hasOwn(templates, key);
  };
  return new Set(nodes.filter(isUnknown).map(({ id }) => id));
}

/** Everything that was expected and did not come; of the nodes that are `mute` no subject is judged. */
function differencesOf(
  expected: Expected,
  report: DryRunReport,
  mute: ReadonlySet<string>,
): readonly Difference[] {
  const startedAt = Date.parse(report.startedAt);
  const endedAt = report.endedAt === null ? null : Date.parse(report.endedAt);
  return [
    ...entry(expected.entry, report.entry),
    ...value('status', expected.status, report.status, withError(report)),
    ...value('goalId', expected.goalId, report.goalId),
    ...value('error', expected.error, report.error?.code ?? null, withError(report)),
    ...path(expected.path, pathOf(report)),
    ...sends(expected.sends, report, { startedAt, mute }),
    ...instant('endedAfter', after(expected.endedAfter, startedAt), endedAt, startedAt),
    ...instant('endedAt', at(expected.endedAt), endedAt, startedAt),
    ...contact(expected.contact, report.contact),
  ];
}

/** Nodes visited in order, without skipped ones. */
export function pathOf({ steps }: DryRunReport): readonly string[] {
  return steps.filter(({ status }) => status !== 'skipped').map(({ nodeId }) => nodeId);
}

const withError = ({ error }: DryRunReport): string =>
  error === null ? '' : ` (${error.nodeId}: ${error.message})`;

function value(field: string, expected: Json | undefined, actual: Json, more = ''): Difference[] {
  if (expected === undefined || sameValues(expected, actual)) return [];
  return [{ field, message: `expected ${show(expected)}, got ${show(actual)}${more}` }];
}

function entry(expected: Expected['entry'], { allowed, reason }: DryRunReport['entry']) {
  if (expected === undefined) return [];
  const why = reason === null ? '' : ` (${reason})`;
  const code = reason === null ? null : apart(reason).code;
  return [
    ...value('entry.allowed', expected.allowed, allowed, why),
    ...(allowed ? [] : value('entry.reason', expected.reason, code, why)),
  ];
}

/** Where two routes part: the nodes before are common, the rest is shown. */
function path(expected: readonly string[] | undefined, actual: readonly string[]): Difference[] {
  if (expected === undefined) return [];
  const parts = expected.findIndex((node, index) => node !== actual[index]);
  const common = parts === -1 ? expected.length : parts;
  if (common === expected.length && common === actual.length) return [];
  const rest = (nodes: readonly string[]) => nodes.slice(common).join(', ') || 'the end';
  const behind = common === 0 ? 'at the start' : `behind "${actual[common - 1]}"`;
  const message = `${behind}: expected ${rest(expected)}; got ${rest(actual)}`;
  return [{ field: 'path', message }];
}

function sends(
  expected: Expected['sends'],
  { sends: actual }: DryRunReport,
  { startedAt, mute }: { readonly startedAt: Instant; readonly mute: ReadonlySet<string> },
): Difference[] {
  if (expected === undefined) return [];
  const nodes = (list: readonly { readonly nodeId: string }[]) =>
    list.map(({ nodeId }) => nodeId).join(', ') || 'none';
  if (nodes(expected) !== nodes(actual)) {
    const message = `expected ${nodes(expected)}; got ${nodes(actual)}`;
    return [{ field: 'sends', message }];
  }
  return expected.flatMap((send, index) => {
    const sent = actual[index];
    if (sent === undefined) return [];
    const field = `sends[${index}]`;
    const sentAt = Date.parse(sent.at);
    return [
      ...instant(`${field}.after`, after(send.after, startedAt), sentAt, startedAt),
      ...instant(`${field}.at`, at(send.at), sentAt, startedAt),
      ...value(`${field}.to`, send.to, sent.to),
      ...(mute.has(sent.nodeId)
        ? []
        : value(`${field}.subject`, send.subject, sent.subject ?? null)),
    ];
  });
}

function contact(expected: Expected['contact'], actual: DryRunReport['contact']): Difference[] {
  const { attributes = {}, consent = {}, ...fields } = expected ?? {};
  const known: ReadonlyMap<string, Json> = new Map(Object.entries(actual));
  return [
    ...Object.entries(fields).flatMap(([name, wanted]) =>
      value(`contact.${name}`, inOrder(name, wanted), inOrder(name, known.get(name) ?? null)),
    ),
    ...byName('contact.attributes', attributes, actual.attributes),
    ...byName('contact.consent', consent, actual.consent),
  ];
}

/** The names that are expected; null expects nothing there. */
function byName(
  field: string,
  expected: Readonly<Record<string, Json | undefined>>,
  actual: JsonObject,
): Difference[] {
  const now: ReadonlyMap<string, Json> = new Map(Object.entries(actual));
  return Object.entries(expected).flatMap(([name, wanted]) =>
    value(`${field}.${name}`, wanted, now.get(name) ?? null),
  );
}

/** Tags, lists and segments have no order of their own. */
const SETS: ReadonlySet<string> = new Set(['tags', 'lists', 'segments']);

function inOrder(name: string, list: Json | undefined): Json {
  if (!SETS.has(name) || !Array.isArray(list)) return list ?? null;
  return (list as readonly Json[]).map(String).toSorted((a, b) => (a < b ? -1 : 1));
}

function after(duration: number | undefined, startedAt: Instant): Instant | undefined {
  return duration === undefined ? undefined : startedAt + duration;
}

const at = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : Date.parse(text);

function instant(
  field: string,
  expected: Instant | undefined,
  actual: Instant | null,
  startedAt: Instant,
): Difference[] {
  if (expected === undefined || expected === actual) return [];
  const said = (instantOf: Instant) =>
    `${new Date(instantOf).toISOString()} (after ${spanText(instantOf - startedAt)})`;
  const came = actual === null ? 'nothing' : said(actual);
  return [{ field, message: `expected ${said(expected)}, got ${came}` }];
}
