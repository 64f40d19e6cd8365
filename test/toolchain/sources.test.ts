import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/fixture';

const FOLDERS = ['src', 'workflows', 'activities', 'scripts', 'bench', 'test'];

const sources = FOLDERS.flatMap((folder) => filesBelow(folder)).filter((file) =>
  /\.(ts|mjs|js)$/.test(file),
);

describe('the sources', () => {
  it('declare no enum, which would drag code into the sandbox and types into values', () => {
    const declaration = /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m;
    expect(sources.filter((file) => declaration.test(textOf(file)))).toEqual([]);
  });

  it('export by name, file by file', () => {
    const everything = /^export\s+\*/m;
    expect(sources.filter((file) => everything.test(textOf(file)))).toEqual([]);
  });

  it('have names in kebab case', () => {
    const name = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|suite))?\.(?:ts|mjs|js)$/;
    expect(sources.filter((file) => !name.test(path.basename(file)))).toEqual([]);
  });
});

describe('the lock file', () => {
  const lock = JSON.parse(textOf('package-lock.json')) as {
    readonly packages: Readonly<Record<string, { version?: string; resolved?: string }>>;
  };
  const versionsOf = (name: string): string[] =>
    Object.entries(lock.packages)
      .filter(([place]) => place.endsWith(`node_modules/${name}`))
      .map(([place, { version }]) => `${place} ${version}`);

  it('names no registry, so that every registry serves it', () => {
    expect(Object.keys(lock.packages).filter((name) => lock.packages[name]?.resolved)).toEqual([]);
  });

  it('gives @temporalio one hoisted protobufjs 8; with nested copies no JSON history replays', () => {
    const below = versionsOf('protobufjs').filter((place) => place.includes('@temporalio/'));
    expect(below).toEqual([]);
    expect(lock.packages['node_modules/protobufjs']?.version).toMatch(/^8\./);
  });

  it('has every package of Temporal in the same version', () => {
    const { dependencies } = JSON.parse(textOf('package.json')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const names = Object.keys(dependencies).filter((name) => name.startsWith('@temporalio/'));
    expect(new Set(names.map((name) => dependencies[name])).size).toBe(1);
  });
});

function filesBelow(folder: string): string[] {
  const absolute = path.join(ROOT, folder);
  try {
    return readdirSync(absolute, { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file.split(path.sep).join('/')),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
