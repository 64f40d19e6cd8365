import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRoot, type ServerAccount, serverAccount } from '../../src/dev/postgres-account';
import { postgresBinaries } from '../../src/dev/postgres-binaries';
import { closedFolder, removeFolders } from './folders';

const version = `0.0.0-test-${process.pid}`;
let account: ServerAccount;
let programs = '';

/** The package as npm leaves it when install scripts are switched off, below a folder that only its owner may enter. */
async function closedPackage(): Promise<string> {
  const installed = dirname(dirname((await postgresBinaries(null)).postgres));
  const native = join(closedFolder(), 'package', 'native');
  cpSync(installed, native, { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(native, '..', 'package.json'), JSON.stringify({ version }));
  const libraries = join(native, 'lib');
  for (const name of readdirSync(libraries)) {
    if (lstatSync(join(libraries, name)).isSymbolicLink()) rmSync(join(libraries, name));
  }
  return native;
}

beforeAll(async () => {
  account = await serverAccount();
});

afterEach(() => {
  removeFolders();
  const copy = dirname(dirname(programs));
  if (copy.includes(version)) rmSync(copy, { recursive: true, force: true });
});

test('programs in a closed folder, without the links of their libraries, run all the same', async () => {
  const native = await closedPackage();
  programs = (await postgresBinaries(account, native)).postgres;
  const options = { encoding: 'utf8', cwd: '/', ...account } as const;
  expect(execFileSync(programs, ['--version'], options)).toMatch(/^postgres \(PostgreSQL\) 18/);
  // Root hands them to another user, who needs a copy; everybody else runs them where they are.
  expect(programs.startsWith(native)).toBe(!isRoot());
});

test('a copy that was cut short is replaced', async () => {
  if (!isRoot()) return;
  const native = await closedPackage();
  programs = (await postgresBinaries(account, native)).postgres;
  rmSync(join(dirname(programs), '..', 'lib'), { recursive: true });
  const again = await postgresBinaries(account, native);
  expect(again.postgres).toBe(programs);
  expect(
    execFileSync(again.initdb, ['--version'], { encoding: 'utf8', cwd: '/', ...account }),
  ).toContain('18');
});
