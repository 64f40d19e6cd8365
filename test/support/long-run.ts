/** What the long runs have in common as programs: signals, the file of the report, the exit code. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

interface LongPlan {
  readonly seed: number;
  readonly reportFile: string | null;
  /** Whether the folder with logs and data stays, and the results beside the report. */
  readonly keeps: boolean;
}

export interface LongRun<P extends LongPlan, R> {
  /** The folder of its reports below `.throughline`. */
  readonly name: string;
  /** Throws when an argument is not understood. */
  planOf(args: readonly string[]): P;
  /** Rejects when the signal says so, with everything ended that it has started. */
  run(plan: P, say: (line: string) => void, signal: AbortSignal): Promise<R>;
  verdictOf(results: R): string;
  reportOf(results: R): string;
}

/** Runs it by the arguments of this process; the exit code is 0 only with the verdict PASS. */
export function runAlone<P extends LongPlan, R>(run: LongRun<P, R>): void {
  main(run).catch((error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main<P extends LongPlan, R>(run: LongRun<P, R>): Promise<void> {
  const plan = run.planOf(process.argv.slice(2));
  const from = Date.now();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const sayWhen = (line: string) =>
    say(`${((Date.now() - from) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  const results = await run.run(plan, sayWhen, stop.signal);
  const file = resolve(plan.reportFile ?? `.throughline/${run.name}/seed-${plan.seed}.md`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, run.reportOf(results));
  if (plan.keeps) await writeFile(`${file}.json`, JSON.stringify(results));
  const verdict = run.verdictOf(results);
  say(`${verdict}: ${file}`);
  process.exitCode = verdict === 'PASS' ? 0 : 1;
}

/** Rejects when the signal says so. */
export async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new Error('The run was stopped by a signal.');
}

/** An argument that is a number. Throws when it is none above 0. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name}=${text} must be a number above 0.`);
}
