/** Workflows that others call, by the status that they end with. */
import { setWorkflowStatus } from '../../src/db/workflow-changes';
import { newId } from '../../src/ids';
import { define } from './define';
import type { Journeys } from './journeys';

type Sketch = Parameters<typeof define>[0];

const IS_THERE = [{ field: 'contact.id', operator: 'exists' }];
const LONG: readonly [string, object] = ['wait', { for: '365 days' }];

/** `key` is that of the workflow itself. */
const sketches = (key: string): Readonly<Record<string, Sketch>> => ({
  completed: { nodes: { it: ['end'] } },
  goal_reached: {
    nodes: { it: ['end'] },
    goals: [{ id: 'there', condition: IS_THERE, atEntry: 'fire' }],
  },
  exited: { nodes: { it: ['exit'] } },
  failed: { nodes: { it: ['wait', { until: '{{ contact.nothing }}' }] } },
  cancelled: { nodes: { it: ['remove_from_workflow', { workflow: key }], long: LONG } },
  /** Lets nobody in. */
  blocked: { nodes: { it: ['end'] } },
  /** Goes on for long. */
  timed_out: { nodes: { it: LONG } },
});

const settings = { enrollment: { allowMultiple: true, whenActive: 'parallel' } };

/** Publishes them; their keys by status. */
export async function publishTargets(world: Journeys): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  for (const status of Object.keys(sketches(''))) {
    const key = `${status.replace('_', '-')}-${newId()}`;
    const id = await world.publish(define({ ...sketches(key)[status], settings } as Sketch), key);
    targets.set(status, key);
    if (status !== 'blocked') continue;
    await world.db.inWorkspace(world.workspaceId, (tx) => setWorkflowStatus(tx, id, 'paused'));
  }
  return targets;
}
