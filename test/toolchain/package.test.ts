/** Packs the project and installs the package elsewhere, as a backend does that wants the client and the command line. */
import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedFolder, removeFolders } from '../dev/folders';
import { ROOT } from '../support/fixture';

afterAll(removeFolders);

const PROJECT = [
  ...['package.json', 'LICENSE', 'README.md', 'tsconfig.json', 'tsconfig.build.json'],
  ...['src', 'workflows', 'activities', 'drizzle', 'journeys', 'scripts', 'patches'],
];

const SHOP = `
import { ThroughlineClient, ThroughlineError } from 'throughline/client';
import { ThroughlineTemporal, workspaceIdOf } from 'throughline/temporal';

export type Enrolled = Awaited<ReturnType<ThroughlineClient['enroll']>>;
async function main() {
  const options = { address: 'http://127.0.0.1:1', apiKey: 'none', maxAttempts: 1 };
  const code = await ThroughlineClient.connect(options).then(
    () => 'connected',
    (error: unknown) => (error instanceof ThroughlineError ? error.code : error),
  );
  console.log(code, typeof ThroughlineTemporal, typeof workspaceIdOf);
}
void main();
`;

const SETTINGS = {
  compilerOptions: {
    ...{ strict: true, module: 'nodenext', target: 'es2022', skipLibCheck: true, outDir: 'out' },
    ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
  },
  include: ['shop.ts'],
};

/** A backend that looks at others' types too; Temporal's lack those of a package of theirs. */
const ORDERS = `
import type { EnrollmentState, Step, ThroughlineClient } from 'throughline/client';

export async function lastStep(client: ThroughlineClient, workflow: string) {
  const { data } = await client.enrollments.list(workflow, { status: 'failed', limit: 1 });
  const failed: EnrollmentState | undefined = data[0];
  const steps = failed === undefined ? [] : (await client.enrollments.steps(failed.id)).data;
  return steps.map(({ nodeId, status }): [string, Step['status']] => [nodeId, status]);
}
`;
const STRICT = {
  compilerOptions: { ...SETTINGS.compilerOptions, skipLibCheck: false, noEmit: true },
  include: ['orders.ts'],
};

function run(folder: string, program: string, ...args: string[]): string {
  const { NODE_ENV: _environment, ...inherited } = process.env;
  return execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    // What npm has fetched before is not fetched again.
    env: { ...inherited, npm_config_prefer_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('the package that npm packs is installed elsewhere, typed, and runs', () => {
  const project = closedFolder();
  for (const name of PROJECT) cpSync(join(ROOT, name), join(project, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'), 'junction');
  const packed = run(project, 'npm', 'pack').trimEnd().split('\n').at(-1) ?? '';

  const shop = closedFolder();
  writeFileSync(join(shop, 'package.json'), JSON.stringify({ name: 'shop', private: true }));
  run(shop, 'npm', 'install', join(project, packed));
  writeFileSync(join(shop, 'shop.ts'), SHOP);
  writeFileSync(join(shop, 'tsconfig.json'), JSON.stringify(SETTINGS));
  writeFileSync(join(shop, 'orders.ts'), ORDERS);
  writeFileSync(join(shop, 'strict.json'), JSON.stringify(STRICT));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const settings of ['tsconfig.json', 'strict.json'])
    run(shop, process.execPath, compiler, '-p', settings);
  expect(run(shop, process.execPath, 'out/shop.js')).toBe('client.unreachable function function\n');
  const cli = join(shop, 'node_modules/.bin/throughline');
  expect(run(shop, cli, 'validate', join(ROOT, 'journeys/welcome.yaml'))).toBe(
    '0 errors, 0 warnings in 1 file\n',
  );
}, 300_000);
