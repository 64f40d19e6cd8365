/**
 * Does what the guides tell a newcomer, on a copy of the project with an API of its own, and compares what comes
 * out with what they show: byte by byte, so that a guide cannot fall behind.
 *
 * A block of YAML is written to the file that the comment above it names, or added to its end; one of shell is typed
 * in, all of a page into one shell; one of text behind it is what that must have printed. What cannot be run says so:
 * `<!-- not run by the test: … -->`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseDefinitionText } from '../../src/language/parse-definition';
import { closedFolder, removeFolders } from '../dev/folders';
import { startApi, type TestApi } from '../http/api';
import { ROOT } from '../support/fixture';
import { type Copy, startCopy } from './copy';
import { anchorsOf, exists, type FencedBlock, fencedBlocks, textOf } from './markdown';

const GUIDES = [
  'docs/write-a-journey.md',
  'docs/test-a-journey.md',
  'docs/change-a-journey.md',
  'docs/pipeline.md',
] as const;
/** Steers people who are under way, so it has a whole copy of its own. */
const OPERATE = 'docs/operate.md';
/** Asks about people who are under way, in the same copy. */
const WHY = 'docs/why-no-mail.md';
/** Lets people in by a job, in the same copy. */
const MANY = 'docs/enroll-many.md';
const FILE = /^(file|append to): ([\w-]+\.yaml)$/;
const LEFT_OUT = /^not run by the test: \S/;

let api: TestApi;
let copy: Copy | undefined;
/** What each page printed. They are typed in side by side; no two pages in one workspace name the same workflow. */
const printedOn = new Map<string, ReadonlyMap<number, string>>();

beforeAll(async () => {
  api = await startApi();
  const typing = [api.key, api.other.key, api.other.key, api.key].map(async (key, index) => {
    await type(GUIDES[index] ?? '', projectFolder({ api: api.address, apiKey: key }));
  });
  await Promise.all(typing);
  const folder = projectFolder(null);
  copy = startCopy(path.join(folder, '.throughline'));
  await copy.up;
  await type(OPERATE, folder);
  await type(WHY, folder);
  await type(MANY, folder);
}, 400_000);
afterAll(async () => {
  await copy?.stop();
  await api.close();
  removeFolders();
});

async function type(guide: string, folder: string): Promise<void> {
  printedOn.set(guide, await typeIn(folder, fencedBlocks(textOf(guide))));
}

describe.each([...GUIDES, OPERATE, WHY, MANY])('%s', (guide) => {
  const page = textOf(guide);
  const blocks = fencedBlocks(page);

  it('prints what it shows', () => {
    const printed = printedOn.get(guide) ?? new Map<number, string>();
    const shown = blocks.flatMap((block, index) =>
      block.language === 'text' && !LEFT_OUT.test(block.comment)
        ? [{ line: block.line, text: block.text, of: index - 1 }]
        : [],
    );
    const told = shown.map(({ line, text }) => `${guide}:${line}\n${text}`);
    expect(shown.map(({ line, of }) => `${guide}:${line}\n${printed.get(of)}`)).toEqual(told);
    const silent = [...printed].filter(([index]) => blocks[index + 1]?.language !== 'text');
    expect(silent.map(([, output]) => output).filter((output) => output !== '')).toEqual([]);
  });

  it('shows YAML that stands in a file, and files that are valid', () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml');
    expect(yaml.filter(({ comment }) => !FILE.test(comment))).toEqual([]);
    const problems = [...filesOf(yaml)].map(([name, text]) => {
      const { errors, warnings } = parseDefinitionText(text);
      return { name, problems: [...errors, ...warnings] };
    });
    expect(problems.filter((each) => each.problems.length > 0)).toEqual([]);
  });

  it('links to files, and to headings that they have', () => {
    const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const dead = links.filter((target) => {
      if (target.startsWith('https://')) return false;
      const [file = '', anchor] = target.split('#');
      const name = path.posix.join('docs', file);
      if (!exists(name)) return true;
      return anchor !== undefined && !anchorsOf(textOf(name)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

/** The files of a page as its last block leaves them. */
function filesOf(blocks: readonly FencedBlock[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { comment, text } of blocks) {
    const [, how, name = ''] = FILE.exec(comment) ?? [];
    files.set(name, `${how === 'append to' ? files.get(name) : ''}${text}\n`);
  }
  return files;
}

/** What each block of shell printed, by the block's place in the page. */
async function typeIn(
  folder: string,
  blocks: readonly FencedBlock[],
): Promise<ReadonlyMap<number, string>> {
  const typed = new Set<number>();
  const lines = blocks.flatMap(({ language, comment, text }, index) => {
    const staged = path.join(folder, `block-${index}`);
    const [, how, name] = FILE.exec(comment) ?? [];
    if (name !== undefined) {
      writeFileSync(staged, `${text}\n`);
      return [`cat '${staged}' ${how === 'file' ? '>' : '>>'} ${name}`];
    }
    if (language !== 'sh' || LEFT_OUT.test(comment)) return [];
    typed.add(index);
    return [`{\n${text}\n} > '${staged}' 2>&1`];
  });
  await promisify(execFile)('bash', ['-c', lines.join('\n')], {
    cwd: folder,
    env: { ...process.env, THROUGHLINE_HOME: '', NO_COLOR: '1' },
    timeout: 200_000,
  }).catch(() => undefined);
  return new Map([...typed].map((index) => [index, outputOf(path.join(folder, `block-${index}`))]));
}

function outputOf(file: string): string {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('npm warn'))
    .join('\n')
    .replace(/\n+$/, '');
}

/** A folder that looks like the project, with the API in its run.json, if there is one already. */
function projectFolder(run: { readonly api: string; readonly apiKey: string } | null): string {
  const folder = closedFolder();
  for (const name of ['node_modules', 'src', 'journeys', 'package.json', 'tsconfig.json'])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  mkdirSync(path.join(folder, '.throughline'));
  if (run !== null) writeFileSync(path.join(folder, '.throughline/run.json'), JSON.stringify(run));
  return folder;
}
