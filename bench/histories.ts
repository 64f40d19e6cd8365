/** What executions left in Temporal: events, bytes, and actions as Temporal Cloud bills them. */
import type { Client, WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

export interface Footprint {
  readonly historyEvents: number;
  readonly historyBytes: number;
  readonly actions: Actions;
}

/** The local activities of one workflow task are one action; what an execution starts with is free. */
export interface Actions {
  readonly total: number;
  readonly starts: number;
  readonly activities: number;
  readonly localActivities: number;
  readonly timers: number;
  readonly signals: number;
  readonly searchAttributeUpserts: number;
}

export async function footprint(client: Client, workflowId: string): Promise<Footprint> {
  const handle = client.workflow.getHandle(workflowId);
  const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const events = history.events ?? [];
  return {
    historyEvents: description.historyLength,
    historyBytes: description.historySize ?? 0,
    actions: actionsOf(events),
  };
}

function actionsOf(events: readonly HistoryEvent[]): Actions {
  const count = (has: (event: HistoryEvent) => unknown) =>
    events.filter((event) => has(event)).length;
  const markers = events.map((event) => event.markerRecordedEventAttributes);
  const tasks = markers
    .filter((marker) => marker?.markerName === 'core_local_activity')
    .map((marker) => String(marker?.workflowTaskCompletedEventId));
  const actions = {
    starts: count((event) => event.workflowExecutionStartedEventAttributes),
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    localActivities: new Set(tasks).size,
    timers: count((event) => event.timerStartedEventAttributes),
    signals: count((event) => event.workflowExecutionSignaledEventAttributes),
    searchAttributeUpserts: count((event) => event.upsertWorkflowSearchAttributesEventAttributes),
  };
  return { ...actions, total: Object.values(actions).reduce((sum, each) => sum + each, 0) };
}
