/**
 * Owns `npm start` once dependencies are installed: command line, signals, the order of start, demo and stop.
 *
 * The first Ctrl-C stops in order, a second one at once. One key press can arrive several times, since terminal, npm
 * and the script around us all pass it on; so what follows within a second belongs to the first.
 */
process.env['TZ'] = 'UTC';

import { loadConfig } from '../config';
import { runDemo } from './demo/run-demo';
import { lockHome } from './home-lock';
import { createProgress, type Progress } from './progress';
import { createStack, type RunningCopy, type Stack } from './stack';
import { parseStartOptions, type StartOptions, USAGE } from './start-options';

const SAME_PRESS_MS = 1_000;

async function main(progress: Progress): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (!options) {
    progress.line(USAGE);
    return 0;
  }
  const config = loadConfig();
  const lock = await lockHome(config.home);
  const stack = createStack(config, lock, progress);
  let up = false;
  const running = runCopy(stack, options, progress, () => {
    up = true;
  });
  // An interrupted start ends with an error that nobody has to hear of.
  running.catch(() => undefined);
  try {
    const code = await Promise.race([onInterrupt(stack, progress), running]);
    return code ?? (up && !options.exit ? 0 : 130);
  } finally {
    await stack.stop();
  }
}

async function runCopy(
  stack: Stack,
  options: StartOptions,
  progress: Progress,
  onUp: () => void,
): Promise<number> {
  const started = Date.now();
  const context = await stack.start();
  onUp();
  progress.line(describeCopy(context, Date.now() - started));
  const asExpected = !options.demo || (await runDemo({ ...context, staysUp: !options.exit }));
  if (options.exit) return asExpected ? 0 : 1;
  progress.line(
    asExpected
      ? 'Ctrl-C stops everything; the data is kept.'
      : 'The demo did not go as expected; see above. Ctrl-C stops everything.',
  );
  return new Promise<never>(() => undefined);
}

function describeCopy(context: RunningCopy, elapsedMs: number): string {
  const rows = [
    ['API', context.api],
    ['Dev key', context.apiKey],
    ['Overview', `${context.api}/`],
    ['Every route', `${context.api}/docs`],
    ['Inbox', context.inbox],
    ['Temporal Web UI', context.temporalUi],
    ['Data and logs', context.home],
  ];
  const lines = rows
    .filter(([, value]) => value)
    .map(([name, value]) => `  ${name?.padEnd(16)}  ${value}`);
  return `\nThroughline is up after ${(elapsedMs / 1000).toFixed(1)} s.\n${lines.join('\n')}\n`;
}

/** Resolves when somebody asks us to stop; rejects when an error of ours would end the process with servers running. */
function onInterrupt(stack: Stack, progress: Progress): Promise<null> {
  return new Promise((resolve, reject) => {
    let first: number | null = null;
    const interrupt = () => {
      if (first === null) {
        first = Date.now();
        progress.line('Stopping; once more to force it.');
        return resolve(null);
      }
      if (Date.now() - first < SAME_PRESS_MS) return;
      progress.line('Ending everything at once.');
      void stack.kill().finally(() => process.exit(130));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
    // The script around us was killed: nobody is left who could stop this copy.
    process.on('disconnect', interrupt);
    process.channel?.unref();
    process.on('uncaughtException', reject);
  });
}

if (require.main === module) {
  const progress = createProgress();
  // A closed pipe (npm start | head) must not keep the servers from being stopped.
  process.stdout.on('error', () => undefined);
  main(progress).then(
    (code) => process.exit(code),
    (error: unknown) => {
      progress.line(`\n${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    },
  );
}
