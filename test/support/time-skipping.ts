/**
 * Temporal's time-skipping test server, under which a month of waiting takes milliseconds.
 *
 * Tried in this order, one line each: the user's cache, the SDK's own download, the Java server from
 * Maven Central (`java` and `mvn` must be there). All of it is synchronous, because whether tests are
 * declared or skipped is decided while their file is loaded.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../src/dev/cache-dir';

/** The release of `io.temporal:temporal-test-server`. */
const JAVA_SERVER = '1.32.1';
const MAVEN_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const DOWNLOAD_MS = 60_000;
const MAVEN_MS = 180_000;

/** How `TestWorkflowEnvironment.createTimeSkipping` is told where the program is. */
export type TestServerProgram =
  | { readonly type: 'existing-path'; readonly path: string }
  | { readonly type: 'cached-download'; readonly downloadDir: string; readonly ttl: string };

interface Attempt {
  readonly title: string;
  /** The program, or why this way does not lead to it. */
  readonly work: () => TestServerProgram | string;
}

/** The program, or null after saying what was tried: then the tests that need it are skipped. */
export function findTestServer(
  say: (line: string) => void = sayOnError,
  attempts: readonly Attempt[] = ways(join(cacheDir(), `temporal-test-server-${JAVA_SERVER}`)),
): TestServerProgram | null {
  for (const { title, work } of attempts) {
    const result = work();
    if (typeof result !== 'string') return result;
    say(`Time-skipping test server: ${title}: ${result}`);
  }
  say('Time-skipping test server: none. Tests that need it are skipped; install java and mvn.');
  return null;
}

function sayOnError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The ways to the program, cheapest first; `folder` is where it is kept. */
function ways(folder: string): readonly Attempt[] {
  const launcher = join(folder, 'temporal-test-server');
  return [
    { title: 'cache', work: () => cached(folder, launcher) },
    { title: "the SDK's download", work: () => downloaded(folder) },
    { title: 'Maven Central', work: () => fromMaven(folder, launcher) },
  ];
}

const downloadedTo = (downloadDir: string): TestServerProgram => ({
  type: 'cached-download',
  downloadDir,
  // What works is kept; another release has another folder.
  ttl: '3650d',
});

function cached(folder: string, launcher: string): TestServerProgram | string {
  if (existsSync(launcher) && run('java', ['-version']) === null)
    return { type: 'existing-path', path: launcher };
  const download = join(folder, 'download');
  const isThere = existsSync(download) && readdirSync(download).length > 0;
  return isThere ? downloadedTo(download) : 'nothing there yet';
}

/** The SDK downloads only while it starts a server, which is asynchronous: another process does it. */
function downloaded(folder: string): TestServerProgram | string {
  const program = downloadedTo(join(folder, 'download'));
  mkdirSync(join(folder, 'download'), { recursive: true });
  const script = `require('@temporalio/testing').TestWorkflowEnvironment
    .createTimeSkipping({ server: { executable: ${JSON.stringify(program)} } })
    .then((server) => server.teardown())
    .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });`;
  return run(process.execPath, ['-e', script], DOWNLOAD_MS) ?? program;
}

function fromMaven(folder: string, launcher: string): TestServerProgram | string {
  if (process.platform === 'win32') return 'the launcher is a shell script';
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    writeFileSync(join(partial, 'pom.xml'), POM);
    const copy = [`${MAVEN_PLUGIN}:copy-dependencies`, '-DoutputDirectory=lib'];
    const refusal =
      run('java', ['-version']) ??
      run('mvn', ['-q', '-B', '-f', join(partial, 'pom.xml'), ...copy], MAVEN_MS);
    if (refusal !== null) return refusal;
    writeFileSync(join(partial, 'temporal-test-server'), LAUNCHER, { mode: 0o755 });
    // In one step, so that nobody ever finds half of it there.
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    return { type: 'existing-path', path: launcher };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>throughline</groupId><artifactId>test-server</artifactId><version>1</version>
<packaging>pom</packaging><dependencies><dependency><groupId>io.temporal</groupId>
<artifactId>temporal-test-server</artifactId><version>${JAVA_SERVER}</version>
</dependency></dependencies></project>
`;

const LAUNCHER = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@" 2>/dev/null
`;

/** Null when the command succeeded, else why it did not, in one line. */
function run(command: string, args: readonly string[], timeout = 20_000): string | null {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout,
    cwd: join(__dirname, '../..'),
  });
  if (error !== undefined)
    return 'code' in error && error.code === 'ENOENT'
      ? `the program "${command}" is not on PATH`
      : error.message;
  if (status === 0) return null;
  const said = `${stderr}\n${stdout}`.split('\n').find((line) => line.trim() !== '');
  return (said ?? `${command} ended with ${status}`).slice(0, 200);
}
