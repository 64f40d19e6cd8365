/** Programs of this project as processes of their own, so that a test can kill them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

interface LogEntry {
  readonly event?: string;
  readonly port?: number;
  readonly [field: string]: unknown;
}

export interface Program {
  readonly child: ChildProcess;
  /** The first log entry of that event, also one of the past; rejects when the program ends without it. */
  logged(event: string): Promise<LogEntry>;
  /** Sends the signal and answers how it ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
}

const running = new Set<Program>();

/** Starts a TypeScript file of the project; its standard output must be log lines. */
export function startProgram(
  file: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Program {
  const { THROUGHLINE_API_KEY: _key, ...inherited } = process.env;
  const path = resolve(__dirname, '../..', file);
  return runProgram({
    title: file,
    program: process.execPath,
    args: ['--import', 'tsx', path, ...args],
    env: { ...inherited, TZ: 'UTC', LOG_LEVEL: 'info', ...env },
  });
}

/** Starts any program; its standard output must be log lines. */
export function runProgram(options: {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment, but for the PATH. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}): Program {
  const { title, program: file, args, env, ...place } = options;
  const child = spawn(file, args, {
    ...place,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const entries: LogEntry[] = [];
  const listeners = new Set<() => void>();
  let over = false;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const tell = () => {
    for (const listener of listeners) listener();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    // The core of the Temporal worker warns in words of its own.
    if (line.startsWith('{')) entries.push(JSON.parse(line) as LogEntry);
    else said = `${said}${line}\n`.slice(-4_000);
    tell();
  });
  child.stdout.once('close', () => {
    over = true;
    tell();
  });
  const program: Program = {
    child,
    logged: (event) =>
      new Promise((found, missing) => {
        const look = () => {
          const entry = entries.find((one) => one.event === event);
          if (entry === undefined && !over) return;
          listeners.delete(look);
          if (entry === undefined)
            missing(new Error(`${title} ended without logging ${event}:\n${said}`));
          else found(entry);
        };
        listeners.add(look);
        look();
      }),
    async end(name) {
      child.kill(name);
      const [code, signal] = (await ended) as [number | null, string | null];
      running.delete(program);
      return { code, signal };
    },
  };
  running.add(program);
  return program;
}

/** Ends what a failed test has left running. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.end('SIGKILL')));
}
