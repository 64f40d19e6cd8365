/** What the guides name exists: links, files, commands, variables, tests. */
import path from 'node:path';
import { GUIDES, anchorsOf, exists, textOf } from './markdown';
import { SEARCH_ATTRIBUTES } from '../../src/dev/temporal';
import { scripts } from '../../package.json';

const { forbidden } = jest.requireActual<{
  forbidden: { name: string; to: { pathNot?: string[] } }[];
}>('../../.dependency-cruiser.cjs');

/** Made by `npm start` and `npm run bench`, not part of every checkout. */
const WRITTEN = /^(?:\.throughline|bench\/results\.json)/;
const FOLDERS =
  'src|workflows|activities|test|scripts|bench|docs|examples|journeys|ops|drizzle|\\.ci|\\.throughline';
/** A name may end in a placeholder: `src/db/<noun>.ts` names the folder. */
const PATH = new RegExp(`(?<![\\w/.-])(?:${FOLDERS})/[\\w./-]*<?`, 'g');

describe.each(GUIDES)('%s', (guide) => {
  const page = textOf(guide);

  it('links to files, and to headings that they have', () => {
    const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const dead = links.filter((target) => {
      if (target.startsWith('https://')) return false;
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? guide : path.posix.join(path.posix.dirname(guide), file);
      if (!exists(linked)) return true;
      return anchor !== undefined && !anchorsOf(textOf(linked)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('names files that exist', () => {
    const named = [...page.matchAll(PATH)].map(([name]) =>
      name.replace(/[\w.-]*<$/, '').replace(/[./]+$/, ''),
    );
    const missing = named.filter((name) => !exists(name) && !exists(`${name}.test.ts`));
    expect(missing.filter((name) => !WRITTEN.test(name))).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const named = [...page.matchAll(/npm run (?:--\w+ )?([a-z][\w:-]*)/g)].map(([, name]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
  });

  it('quotes tests by a title that their file has', () => {
    const quoted = [...page.matchAll(/`(test\/[\w./-]+\.ts)`: "([^"]+)"/g)];
    const wrong = quoted.filter(([, file = '', title = '']) => !textOf(file).includes(title));
    expect(wrong.map(([text]) => text)).toEqual([]);
  });
});

it("README's table of variables is the one of src/config.ts", () => {
  const read = [...textOf('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, it]) => it);
  const told = [...textOf('README.md').matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map(([, it]) => it);
  expect(new Set(told)).toEqual(new Set(read));
});

it('the compose file registers every search attribute, with its type', () => {
  const registered = [...textOf('docker-compose.yml').matchAll(/^ +attribute (\w+) (\w+)$/gm)];
  const types = registered.map(([, name = '', type]) => [name, type]);
  expect(Object.fromEntries(types)).toEqual(SEARCH_ATTRIBUTES);
});

it("ARCHITECTURE's table of rooms is the one that npm run rooms enforces", () => {
  const rows = [...textOf('ARCHITECTURE.md').matchAll(/^\| `(?:src\/)?(\w+)` \| ([^|]+) \|/gm)];
  const told = rows.map(([, room, imports = '']) => [room, namesIn(imports, /`(\w+)`/g)]);
  const enforced = forbidden
    .filter(({ name }) => name.startsWith('room-'))
    .map(({ name, to }) => [name.slice('room-'.length), roomsIn(to.pathNot ?? [])] as const)
    .map(([room, allowed]) => [room, allowed.filter((other) => other !== room)]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(enforced));
});

/** Whole rooms, such as `^src/db/`; single files of a room are told in words. */
function roomsIn(patterns: readonly string[]): string[] {
  const rooms = patterns.flatMap((pattern) => namesIn(pattern, /^\^(?:src\/)?(\w+)\/$/g));
  return rooms.filter((room) => room !== 'node_modules');
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
