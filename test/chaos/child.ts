/** One of our programs as a process that is started again whenever it ends, as whoever runs it in earnest does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLogFile } from '../../src/dev/log-file';
import { childEnd, hasEnded, stopChild } from '../../src/dev/processes';
import { eventually } from '../support/eventually';

/** How long nobody notices the end of a process. */
const UNNOTICED_MS = 500;

export interface ChildOptions {
  readonly name: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export class Child {
  readonly name: string;
  /** Ends that nobody asked for. */
  unasked = 0;
  #process: ChildProcess;
  #wanted = true;
  #struck = false;
  readonly #supervision: Promise<void>;

  constructor(private readonly options: ChildOptions) {
    this.name = options.name;
    this.#process = this.#launch();
    this.#supervision = this.#supervise();
  }

  /** Of the process as it runs now. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends a signal from which it does not return by itself; it is started again. */
  async strike(signal: NodeJS.Signals): Promise<void> {
    const struck = this.#process;
    this.#struck = true;
    struck.kill(signal);
    await childEnd(struck);
  }

  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.thaw();
    await stopChild(this.#process, [
      ['SIGTERM', 8_000],
      ['SIGKILL', 2_000],
    ]);
    await this.#supervision;
  }

  #launch(): ChildProcess {
    const { program, env, logFile } = this.options;
    const { THROUGHLINE_API_KEY: _key, ...inherited } = process.env;
    const child = withLogFile(logFile, { fresh: false }, (descriptor) =>
      spawn(process.execPath, [program], {
        env: { ...inherited, TZ: 'UTC', LOG_LEVEL: 'info', ...env },
        stdio: ['ignore', descriptor, descriptor],
      }),
    );
    child.once('error', () => undefined);
    return child;
  }

  async #supervise(): Promise<void> {
    while (this.#wanted) {
      if (!hasEnded(this.#process)) await once(this.#process, 'exit');
      if (!this.#wanted) return;
      if (!this.#struck) this.unasked += 1;
      this.#struck = false;
      await sleep(UNNOTICED_MS);
      if (this.#wanted) this.#process = this.#launch();
    }
  }
}

/** Resolves when an API answers that it is ready. */
export async function apiReady(address: string): Promise<void> {
  await eventually(`${address} is ready`, async () => {
    const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    await response?.body?.cancel();
    return response?.ok;
  });
}
