/** Brings stored commands to the workflows of enrollments, for whoever waits to hear what became of one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { EnrollmentRow } from '../db/enrollments';
import type { CommandType } from '../journey/commands';
import { type CommandOrder, commandUpdates } from '../../workflows/messages';

export interface Steering {
  /**
   * Resolves when the command was judged, when nobody is there to judge it, or at the deadline. Its row says what
   * became of it: the relay rings for the command too.
   */
  tell(
    enrollment: Pick<EnrollmentRow, 'temporalWorkflowId'>,
    command: { readonly id: string; readonly type: CommandType },
    deadlineMs: number,
  ): Promise<void>;
}

export function createSteering(client: Client): Steering {
  return {
    async tell({ temporalWorkflowId }, { id, type }, deadlineMs) {
      const told = client.connection
        .withDeadline(Date.now() + deadlineMs, () =>
          client.workflow
            .getHandle(temporalWorkflowId)
            .executeUpdate<unknown, [CommandOrder]>(commandUpdates[type].name, {
              args: [{ commandId: id }],
              updateId: id,
            }),
        )
        .then(
          () => undefined,
          () => undefined,
        );
      // An update that no worker takes up keeps trying beyond the deadline of one call.
      await Promise.race([told, sleep(deadlineMs, undefined, { ref: false })]);
    },
  };
}
