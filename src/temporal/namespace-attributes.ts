/**
 * Whether enrollments can carry their search attributes in a namespace.
 *
 * Owns: looking, registering what is missing, waiting until it can be used. Does not own: which attributes
 * there are (workflows/search-attributes.ts).
 *
 * 1. Whatever a server refuses, journeys run: then without attributes, and the log says so.
 * 2. A server that does not answer has refused nothing: the question rejects, and the next start asks again.
 * 3. Registered is not usable: a server checks starts against a copy of its namespaces that lags behind.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import type { Logger } from '../log';
import { ENROLLMENT_ATTRIBUTES } from '../../workflows/search-attributes';
import { type GrpcStatus, grpcStatus } from './error-code';

export interface NamespaceAttributes {
  /** Whether an enrollment that starts now can carry them. Rejects while Temporal does not answer. */
  usable(): Promise<boolean>;
  /** Says that a start was refused after all, so that the next one asks anew. */
  doubt(): void;
}

export interface NamespaceAttributesOptions {
  readonly log?: Logger | undefined;
  /** How long what was just registered may take to become usable. */
  readonly usableWithinMs?: number;
  /** How long a refusal is believed: somebody may register them meanwhile. */
  readonly refusedForMs?: number;
}

const USABLE_WITHIN_MS = 30_000;
const REFUSED_FOR_MS = 5 * 60_000;
const CALL_MS = 5_000;
const PROBE_EVERY_MS = 250;

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const TYPES: Partial<Record<SearchAttributeType, number>> = { KEYWORD: 2, INT: 3, KEYWORD_LIST: 7 };

/** Answers that say nothing about what the server would allow; without its namespace nothing starts anyway. */
const NO_ANSWER: readonly GrpcStatus[] = [
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'UNAVAILABLE',
];

type Attribute = (typeof ENROLLMENT_ATTRIBUTES)[number];
type Refusal = { readonly refused: string };

/** Asks when it is first needed, and remembers a yes for good. */
export function createNamespaceAttributes(
  client: Client,
  options: NamespaceAttributesOptions = {},
): NamespaceAttributes {
  const { log, refusedForMs = REFUSED_FOR_MS } = options;
  let answer: Promise<boolean> | null = null;
  let refusedUntil = 0;
  let told: string | null = null;
  const ask = async (): Promise<boolean> => {
    const refusal = await prepare(client, options);
    if (refusal === null) return true;
    refusedUntil = Date.now() + refusedForMs;
    if (told !== refusal.refused) warn(client, log, refusal);
    told = refusal.refused;
    return false;
  };
  return {
    usable() {
      if (refusedUntil > 0 && Date.now() >= refusedUntil) answer = null;
      if (answer !== null) return answer;
      refusedUntil = 0;
      const asked = ask();
      answer = asked;
      asked.catch(() => {
        if (answer === asked) answer = null;
      });
      return asked;
    },
    doubt() {
      answer = null;
    },
  };
}

function warn(client: Client, log: Logger | undefined, { refused }: Refusal): void {
  const { namespace } = client.options;
  log?.warn(
    { event: 'temporal.no_search_attributes', namespace, reason: refused },
    `Enrollments start without search attributes, so the Web UI cannot find them by workflow or contact: ` +
      `namespace "${namespace}" lacks ${ENROLLMENT_ATTRIBUTES.map(described).join(', ')}, and they could not be ` +
      'registered. To have them: temporal operator search-attribute create --name … --type …',
  );
}

/** Null once every attribute can be used. */
async function prepare(
  client: Client,
  { usableWithinMs = USABLE_WITHIN_MS }: NamespaceAttributesOptions,
): Promise<Refusal | null> {
  const listed = await answered(client, () => registered(client));
  // Where nobody may list them, a query still tells whether they are there.
  const known = 'refused' in listed ? new Map<string, unknown>() : listed.result;
  const wrong = ENROLLMENT_ATTRIBUTES.find(
    (key) => known.has(key.name) && known.get(key.name) !== TYPES[key.type],
  );
  if (wrong) return { refused: `${wrong.name} is there, and no ${wrong.type}` };
  if (await isUsable(client)) return null;
  const missing = ENROLLMENT_ATTRIBUTES.filter((key) => !known.has(key.name));
  if (missing.length > 0) {
    const added = await answered(client, () => register(client, missing));
    // Another process may have been faster.
    if ('refused' in added && added.refused !== 'ALREADY_EXISTS') return added;
  }
  const until = Date.now() + usableWithinMs;
  while (Date.now() < until) {
    if (await isUsable(client)) return null;
    await sleep(PROBE_EVERY_MS);
  }
  return { refused: `not usable after ${usableWithinMs} ms` };
}

const described = ({ name, type }: Attribute) => `${name} (${type})`;

async function registered(client: Client): Promise<ReadonlyMap<string, unknown>> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace,
  });
  return new Map(Object.entries(customAttributes ?? {}));
}

function register(client: Client, missing: readonly Attribute[]): Promise<unknown> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, TYPES[type]]));
  const { namespace } = client.options;
  return client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: searchAttributes as Record<string, number>,
  });
}

/** Whether a query about all of them is understood. */
async function isUsable(client: Client): Promise<boolean> {
  const query = ENROLLMENT_ATTRIBUTES.map(({ name }) => `${name} IS NOT NULL`).join(' AND ');
  const { namespace } = client.options;
  const counted = await answered(client, () =>
    client.connection.workflowService.countWorkflowExecutions({ namespace, query }),
  );
  return 'result' in counted;
}

/** What the server answered, a refusal included. Rejects when it did not answer. */
async function answered<T>(
  client: Client,
  call: () => Promise<T>,
): Promise<{ readonly result: T } | Refusal> {
  try {
    // Over the deadline of whoever asks first: the answer is for all.
    return { result: await client.connection.withDeadline(Date.now() + CALL_MS, call) };
  } catch (error) {
    const status = grpcStatus(error);
    if (status === null || NO_ANSWER.includes(status)) throw error;
    return { refused: status };
  }
}
