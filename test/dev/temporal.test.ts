import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Progress } from '../../src/dev/progress';
import { SEARCH_ATTRIBUTES, serverArguments, startTemporal } from '../../src/dev/temporal';
import { type TemporalAttempt, temporalAttempts } from '../../src/dev/temporal-attempts';
import { findTemporal } from '../../src/dev/temporal-binary';
import { closedFolder, removeFolders } from './folders';

const host = {
  path: '/usr/bin:/opt/bin',
  platform: 'linux',
  arch: 'x64',
  cache: '/cache',
  pid: 7,
} as const;

function recorder(): Progress & { lines: string[] } {
  const lines: string[] = [];
  const step = (title: string) => ({
    update: () => undefined,
    done: (outcome = '') => void lines.push(`${title}: ${outcome}`),
  });
  return { lines, line: (text) => void lines.push(text), step };
}

function program(folder: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'temporal');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

afterEach(removeFolders);

test('the attempts go from cheap to dear: PATH, cache, download, build', () => {
  const attempts = temporalAttempts(host);
  expect(attempts.map(({ kind }) => kind)).toEqual(['path', 'cache', 'download', 'build']);
  expect(attempts[0]).toMatchObject({ candidates: ['/usr/bin/temporal', '/opt/bin/temporal'] });
  expect(attempts[1]).toMatchObject({ file: '/cache/temporal-1.5.1/temporal' });
});

test('the download asks for the program of this machine', () => {
  const urls = (given: Partial<typeof host>) =>
    temporalAttempts({ ...host, ...given }).flatMap((attempt) =>
      attempt.kind === 'download' ? attempt.infoUrl : [],
    );
  expect(urls({})).toEqual([
    'https://temporal.download/cli/v1.5.1?arch=amd64&platform=linux&format=tar.gz',
  ]);
  expect(temporalAttempts({ ...host, arch: 'riscv64' }).map(({ kind }) => kind)).toEqual([
    'path',
    'cache',
    'build',
  ]);
});

test('the build installs the fixed version into a folder beside the cache, to be moved there when complete', () => {
  expect(temporalAttempts(host)[3]).toMatchObject({
    command: 'go',
    args: ['install', '-ldflags=-s -w', 'github.com/temporalio/cli/cmd/temporal@v1.5.1'],
    env: { GOBIN: '/cache/temporal-1.5.1.partial-7' },
    built: '/cache/temporal-1.5.1.partial-7/temporal',
    file: '/cache/temporal-1.5.1/temporal',
  });
});

test('another program of that name on PATH is passed over for the cached one', async () => {
  const folder = closedFolder();
  const stranger = program(join(folder, 'bin'), 'echo "a calendar"');
  const cached = program(join(folder, 'cache', 'temporal-1.5.1'), 'echo "temporal version 1.5.1"');
  const progress = recorder();
  const attempts = temporalAttempts({
    ...host,
    path: join(folder, 'bin'),
    cache: join(folder, 'cache'),
  });
  expect(await findTemporal(progress, attempts)).toBe(cached);
  expect(progress.lines).toEqual([
    `Temporal: temporal on PATH: ${stranger} does not answer as the Temporal command line`,
    `Temporal: cached program ${cached}: found`,
  ]);
});

test('a build puts the program into the cache', async () => {
  const folder = closedFolder();
  const [build] = temporalAttempts({ ...host, cache: folder }).slice(-1);
  if (build?.kind !== 'build') throw new Error('The last attempt is the build.');
  const compiler = `printf '#!/bin/sh\\necho temporal version 1.5.1\\n' > "$GOBIN/temporal"; echo "$@" > "${folder}/asked"`;
  const go = program(join(folder, 'go'), compiler);
  const file = await findTemporal(recorder(), [{ ...build, command: go }]);
  expect(file).toBe(join(folder, 'temporal-1.5.1', 'temporal'));
  expect(
    await findTemporal(recorder(), temporalAttempts({ ...host, path: '', cache: folder })),
  ).toBe(file);
});

test('when nothing works, one error lists what was tried and what to do', async () => {
  const folder = closedFolder();
  const attempts = temporalAttempts({ ...host, path: folder, cache: folder }).map(
    (attempt): TemporalAttempt =>
      attempt.kind === 'download' ? { ...attempt, infoUrl: 'http://127.0.0.1:9/cli' } : attempt,
  );
  const withoutGo = attempts.map((attempt) =>
    attempt.kind === 'build' ? { ...attempt, command: 'no-go' } : attempt,
  );
  const progress = recorder();
  await expect(findTemporal(progress, withoutGo)).rejects.toThrow(
    /temporal on PATH: not there[\s\S]*cannot be reached[\s\S]*"no-go" is not on PATH[\s\S]*TEMPORAL_ADDRESS/,
  );
  expect(progress.lines).toHaveLength(4);
});

test('the server listens on the loopback interface only, with or without a file and the Web UI', () => {
  const line = serverArguments({ port: 1, uiPort: null, dbFile: null, namespace: 'default' }).join(
    ' ',
  );
  expect(line).toContain('server start-dev --ip 127.0.0.1 --port 1 --headless');
  expect(line).not.toContain('--db-filename');
  const full = serverArguments({ port: 1, uiPort: 2, dbFile: '/x.db', namespace: 'mine' }).join(
    ' ',
  );
  expect(full).toContain('--ui-port 2 --db-filename /x.db --namespace mine');
});

test('a server answers with all search attributes, shows its Web UI, and keeps its state over a restart', async () => {
  const home = closedFolder();
  for (let round = 0; round < 2; round += 1) {
    const server = await startTemporal({ home, namespace: 'journeys-test' });
    const connection = await Connection.connect({ address: server.address });
    const namespace = 'journeys-test';
    const listed = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(listed.customAttributes)).toEqual(
      expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
    );
    await connection.close();
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    await server.stop();
    await expect(fetch(server.uiUrl ?? '')).rejects.toThrow('fetch failed');
  }
});
