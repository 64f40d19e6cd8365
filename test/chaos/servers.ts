/** PostgreSQL and Temporal of a run: real, its own, and started again on what they kept when they are killed. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDevDatabase } from '../../src/dev/dev-database';
import { freePort } from '../../src/dev/ports';
import { startPostgres } from '../../src/dev/postgres';
import { isRunning, recordProcess } from '../../src/dev/processes';
import { startTemporal } from '../../src/dev/temporal';
import { eventually } from '../support/eventually';

export interface Server {
  /** Where it listens, the same after every start. */
  readonly port: number;
  /** Of the process as it runs now. */
  pid(): number;
  /** Ends it at once, without any order, and starts it again after so long. */
  strike(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

async function server(
  port: number,
  signal: NodeJS.Signals,
  start: () => Promise<Running>,
): Promise<Server> {
  let running = await start();
  return {
    port,
    pid: () => running.pid,
    async strike(downMs) {
      const record = recordProcess(running.pid);
      process.kill(running.pid, signal);
      await eventually('the server has ended', async () => record === null || !isRunning(record));
      await new Promise((resolve) => setTimeout(resolve, downMs));
      running = await start();
    },
    stop: () => running.stop(),
  };
}

/** The signal is PostgreSQL's immediate stop: no checkpoint, so the next start recovers. */
export async function postgresIn(folder: string): Promise<Server & { readonly url: string }> {
  const port = await freePort();
  let url = '';
  const started = await server(port, 'SIGQUIT', async () => {
    const dataDir = join(folder, 'postgres');
    const running = await startPostgres({ dataDir, port, ownGroup: true });
    url = running.url;
    return running;
  });
  return { ...started, url: await createDevDatabase(url) };
}

export async function temporalIn(folder: string): Promise<Server> {
  const home = join(folder, 'temporal');
  await mkdir(home, { recursive: true });
  const port = await freePort();
  return server(port, 'SIGKILL', () => startTemporal({ home, port, ui: false, ownGroup: true }));
}
