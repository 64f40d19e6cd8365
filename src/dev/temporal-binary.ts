import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, chmod, constants, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cacheDir } from './cache-dir';
import { childEnd } from './processes';
import { createProgress, type Progress, type Step } from './progress';
import { type TemporalAttempt, temporalAttempts } from './temporal-attempts';

const run = promisify(execFile);

const LOOKUP_TIMEOUT_MS = 6_000;
const DOWNLOAD_TIMEOUT_MS = 180_000;
const BUILD_TIMEOUT_MS = 20 * 60_000;

/**
 * The path of a `temporal` program that runs here; every attempt is one line of progress.
 * @throws when none works, listing what was tried and what to do.
 */
export async function findTemporal(
  progress: Progress = createProgress(),
  attempts: TemporalAttempt[] = temporalAttempts({
    path: process.env.PATH ?? '',
    platform: process.platform,
    arch: process.arch,
    cache: cacheDir(),
    pid: process.pid,
  }),
): Promise<string> {
  const failures: string[] = [];
  for (const attempt of attempts) {
    const step = progress.step(`Temporal: ${attempt.title}`);
    try {
      const file = await tryAttempt(attempt, step);
      step.done('found');
      return file;
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      step.done(reason);
      failures.push(`  ${attempt.title}: ${reason}`);
    }
  }
  throw new Error(
    `No Temporal server could be found or made:\n${failures.join('\n')}\nDo one of these and start again:\n` +
      '  set TEMPORAL_ADDRESS=host:port to a Temporal server that runs already;\n' +
      '  install the temporal command line and put it on PATH (https://docs.temporal.io/cli);\n' +
      '  install Go 1.24 or later (https://go.dev/dl), with which the server is built here.',
  );
}

async function tryAttempt(attempt: TemporalAttempt, step: Step): Promise<string> {
  switch (attempt.kind) {
    case 'path':
      return firstThatRuns(attempt.candidates);
    case 'cache':
      return firstThatRuns([attempt.file]);
    case 'download':
      return download(attempt, step);
    case 'build':
      return build(attempt, step);
  }
}

async function firstThatRuns(candidates: string[]): Promise<string> {
  let reason = 'not there';
  for (const file of candidates) {
    if (
      !(await access(file, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      continue;
    try {
      return await checked(file);
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  throw new Error(reason);
}

/** A program of that name may be another one, or the rest of an interrupted copy. */
async function checked(file: string): Promise<string> {
  const { stdout } = await run(file, ['--version'], { timeout: 20_000 }).catch(() => ({
    stdout: '',
  }));
  if (!stdout.startsWith('temporal version'))
    throw new Error(`${file} does not answer as the Temporal command line`);
  return file;
}

async function download(
  { infoUrl, file }: TemporalAttempt & { kind: 'download' },
  step: Step,
): Promise<string> {
  const answer = await fetchOk(infoUrl, LOOKUP_TIMEOUT_MS);
  const info = (await answer.json()) as { archiveUrl?: string; fileToExtract?: string };
  if (!info.archiveUrl || !info.fileToExtract)
    throw new Error('the download service answered in an unknown form');
  const folder = `${dirname(file)}.partial-${process.pid}`;
  const archive = join(folder, 'archive');
  await mkdir(folder, { recursive: true });
  try {
    step.update('fetching the archive');
    const body = (await fetchOk(info.archiveUrl, DOWNLOAD_TIMEOUT_MS)).body;
    if (!body) throw new Error('the download service sent an empty archive');
    await pipeline(
      Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
      createWriteStream(archive),
    );
    await run('tar', ['-xf', archive, '-C', folder, info.fileToExtract]);
    return await install(join(folder, info.fileToExtract), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchOk(url: string, timeoutMs: number): Promise<Response> {
  const host = new URL(url).host;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch(
    (error: Error) => {
      const { message = error.message } = (error.cause ?? {}) as { message?: string };
      throw new Error(`${host} cannot be reached: ${message}`);
    },
  );
  if (!response.ok) throw new Error(`${host} answered ${response.status}`);
  return response;
}

async function build(attempt: TemporalAttempt & { kind: 'build' }, step: Step): Promise<string> {
  const folder = dirname(attempt.built);
  await mkdir(folder, { recursive: true });
  try {
    await compile(attempt, step);
    return await install(attempt.built, attempt.file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(
  { command, args, env }: TemporalAttempt & { kind: 'build' },
  step: Step,
): Promise<void> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // A missing program is reported as an event too; without a listener that would end this process.
  child.once('error', () => undefined);
  if (child.pid === undefined) throw new Error(`the program "${command}" is not on PATH`);
  let last = '';
  let modules = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    if (line.startsWith('go: downloading')) modules += 1;
    step.update(modules > 0 ? `${modules} modules fetched` : '');
  });
  const stop = () => child.kill();
  const patience = setTimeout(stop, BUILD_TIMEOUT_MS);
  process.once('exit', stop);
  await childEnd(child);
  process.off('exit', stop);
  clearTimeout(patience);
  if (child.exitCode !== 0)
    throw new Error(`go install failed: ${last || `ended by ${child.signalCode}`}`);
}

/** Puts a program into the cache in one step, so that nobody ever finds half of it there. */
async function install(from: string, file: string): Promise<string> {
  await chmod(from, 0o755);
  await checked(from);
  await mkdir(dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  await rename(from, whole).catch(() => copyFile(from, whole));
  await rename(whole, file);
  return file;
}
