/** Recorded workflows: the history, the definition it ran or was about, and the commands it gave. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { bundleWorkflowCode, type InjectedSinks, Worker } from '@temporalio/worker';
import type { Definition } from '../../src/journey/definition';
import { createGraphCodec } from '../../src/temporal/graph-codec';
import { workflowSource } from '../../src/worker';
import type { TraceSinks } from './command-trace';

export const HISTORIES = path.join(__dirname, '../histories');

export interface Command {
  readonly kind: string;
  readonly content: unknown;
}

export interface GoldenHistory {
  readonly title: string;
  readonly workflowId: string;
  readonly definition: Definition;
  readonly commands: readonly Command[];
  /** As Temporal writes it in JSON. */
  readonly history: unknown;
}

export function goldenFiles(): readonly string[] {
  return readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
}

export function readGolden(file: string): GoldenHistory {
  return JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as GoldenHistory;
}

export type Replay = (
  golden: Pick<GoldenHistory, 'workflowId' | 'definition' | 'history'>,
) => Promise<readonly Command[]>;

/** Builds the workflows once; each replay answers the commands of the current code. */
export async function createReplay(): Promise<Replay> {
  const { workflowsPath, bundlerOptions } = workflowSource();
  const workflowModules = [require.resolve('./command-trace')];
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    ...bundlerOptions,
    workflowInterceptorModules: workflowModules,
  });
  return async ({ workflowId, definition, history }) => {
    const commands: Command[] = [];
    const sinks: InjectedSinks<TraceSinks> = {
      trace: {
        command: {
          fn: (_info, kind, content) => {
            commands.push({ kind, content: JSON.parse(content) as unknown });
          },
          callDuringReplay: true,
        },
      },
    };
    await Worker.runReplayHistory(
      {
        workflowBundle,
        sinks,
        interceptors: { workflowModules },
        dataConverter: { payloadCodecs: [createGraphCodec(async () => definition)] },
      },
      historyFromJSON(history),
      workflowId,
    );
    return commands;
  };
}
