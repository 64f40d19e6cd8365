/** What Temporal keeps and shows about an execution. */
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Definition } from '../../src/journey/definition';

/** A workflow that was played to its end, to be recorded. */
export interface PlayedWorkflow {
  readonly workflowId: string;
  /** The journey that it is, or that it is about. */
  readonly definition: Definition;
  /** The history of each run as Temporal writes it in JSON. */
  readonly runs: readonly unknown[];
}

/** The histories of all runs of a workflow as Temporal writes them in JSON, first run first. */
export async function historiesOf(client: Client, workflowId: string): Promise<unknown[]> {
  const histories: unknown[] = [];
  const first = await client.workflow.getHandle(workflowId).describe();
  let runId: string | undefined = first.raw.workflowExecutionInfo?.firstRunId ?? first.runId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(JSON.parse(historyToJSON(history)));
    runId =
      history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ??
      undefined;
  }
  return histories;
}

/** What a description shows: memo, search attributes, activities under way and their last failures. */
export async function describedOf(client: Client, workflowId: string): Promise<unknown> {
  return (await client.workflow.getHandle(workflowId).describe()).raw;
}

/** What the workflow answers: its state, and the details that the Web UI shows. */
export async function answersOf(client: Client, workflowId: string): Promise<unknown> {
  const handle = client.workflow.getHandle(workflowId);
  return [await handle.query('state'), await handle.query('__temporal_workflow_metadata')];
}

/** Every text in a value, payloads decoded: bytes, and whatever text is bytes in base64. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64').toString('utf8')];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

/** What operators see of a workflow: its current details, and the summaries of timers and activities. */
export async function userMetadataOf(
  client: Client,
  workflowId: string,
): Promise<{ details: string; summaries: string[] }> {
  const handle = client.workflow.getHandle(workflowId);
  const { currentDetails } = await handle.query<{ currentDetails?: string }>(
    '__temporal_workflow_metadata',
  );
  const { events } = await handle.fetchHistory();
  const summaries = (events ?? []).flatMap(({ userMetadata }) => {
    const data = userMetadata?.summary?.data;
    return data ? [JSON.parse(Buffer.from(data).toString()) as string] : [];
  });
  return { details: currentDetails ?? '', summaries };
}

interface WrittenHistory {
  readonly events: readonly {
    readonly eventId: string;
    readonly eventTime: string;
    readonly eventType: string;
  }[];
}

/** The end of a history in words, and the workflow task that waits: why somebody stands still. */
export async function latelyOf(client: Client, workflowId: string): Promise<string> {
  const history = (await historiesOf(client, workflowId)).at(-1) as WrittenHistory;
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const { pendingWorkflowTask, pendingActivities } = raw;
  const lately = history.events
    .slice(-15)
    .map(({ eventId, eventTime, eventType }) => `${eventTime} ${eventId} ${eventType}`);
  return [...lately, JSON.stringify({ pendingWorkflowTask, pendingActivities })].join('\n');
}
