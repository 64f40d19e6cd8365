/**
 * Does what README tells a newcomer to do, in order and in one shell, on a copy of its own.
 *
 * A block that cannot be run here says so, and why, in an HTML comment above it: `<!-- not run by the test: … -->`.
 */
import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Contact, EnrollmentState, List, Step } from '../../src/client/types';
import type { RunFile } from '../../src/dev/demo-context';
import type { CaughtMail } from '../../src/dev/caught-mail';
import { closedFolder, removeFolders } from '../dev/folders';
import { ROOT } from '../support/fixture';
import { type Copy, startCopy } from './copy';
import { fencedBlocks, textOf } from './markdown';

const README = textOf('README.md');
const LEFT_OUT = /^not run by the test: \S/;

const blocks = fencedBlocks(README)
  .filter(({ language }) => language === 'sh' || language === 'bash')
  .filter(({ comment }) => !LEFT_OUT.test(comment));

let copy: Copy | undefined;

afterAll(async () => {
  await copy?.stop();
  removeFolders();
});

test('the shell blocks of README lead a newcomer to a journey that went as promised', async () => {
  const home = closedFolder();
  copy = startCopy(home);
  const run = await copy.up;
  const output = await typeIn(home);
  for (const { line } of blocks) expect(output).toContain(marker(line));
  expect(output).toContain(/It prints `([^`]+)`/.exec(README)?.[1]);

  const journeys = await get<List<EnrollmentState>>(run, '/workflows/first-week/enrollments');
  expect(journeys.data).toMatchObject([
    { status: 'goal_reached', goalId: 'subscribed' },
    { status: 'completed', goalId: null },
  ]);
  const ada = journeys.data[1];
  const steps = await get<List<Step>>(run, `/enrollments/${ada?.id}/steps`);
  expect(steps.data.map(({ nodeId, port }) => `${nodeId}:${port ?? '-'}`)).toEqual([
    'welcome:next',
    'login:received',
    'pays:true',
    'keen:next',
    'done:-',
  ]);
  expect(await get(run, `/contacts/${ada?.contactId}`)).toMatchObject({
    email: 'ada@example.com',
    tags: ['keen'],
  });
  const { data: contacts } = await get<List<Contact>>(run, '/contacts');
  expect(contacts.map(({ email }) => email)).toEqual(['ada@example.com']);
  const mails = (await (await fetch(`${run.inbox}/dev/inbox.json`)).json()) as CaughtMail[];
  const hers = mails.filter((mail) => mail.to === 'ada@example.com');
  expect(hers.map(({ subject }) => subject)).toEqual(['Welcome, Ada']);
}, 180_000);

/** Types every block into one shell, which ends at the first command that fails. */
async function typeIn(home: string): Promise<string> {
  const script = blocks.map(({ line, text }) => `echo '${marker(line)}'\n${text}`).join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: projectFolder(),
    env: { ...process.env, THROUGHLINE_HOME: home },
    timeout: 120_000,
  }).catch((error: Error & { stdout: string; stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

const marker = (line: number) => `== README.md:${line}`;

/** A folder that looks like the project, so that what a block writes lands elsewhere. */
function projectFolder(): string {
  const folder = closedFolder();
  for (const name of ['node_modules', 'src', 'journeys', 'package.json', 'tsconfig.json'])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  return folder;
}

async function get<T>({ api, apiKey }: RunFile, route: string): Promise<T> {
  const headers = { authorization: `Bearer ${apiKey}` };
  return (await (await fetch(`${api}/api/v1${route}`, { headers })).json()) as T;
}
