/** `npm run test:chaos -- --minutes 30 --seed 7`: everything breaks, and nothing may be lost or happen twice. */
process.env['TZ'] ??= 'UTC';

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { runChaos } from './chaos';
import { planOf } from './plan';
import { reportOf, verdictOf } from './report';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const plan = planOf(process.argv.slice(2));
  const from = Date.now();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const sayWhen = (line: string) =>
    say(`${((Date.now() - from) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  const results = await runChaos(plan, sayWhen, stop.signal);
  const file = resolve(plan.reportFile ?? `.throughline/chaos/seed-${plan.seed}.md`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, reportOf(results));
  if (plan.keeps) await writeFile(`${file}.json`, JSON.stringify(results));
  const verdict = verdictOf(results);
  say(`${verdict}: ${file}`);
  process.exitCode = verdict === 'PASS' ? 0 : 1;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
