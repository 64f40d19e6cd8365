/** Runs the example as its README says, on a copy of the whole, and does what a shop does with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { throughline } from '../cli/program';
import { closedFolder, removeFolders } from '../dev/folders';
import { type Copy, startCopy } from '../docs/copy';
import { eventually } from '../support/eventually';
import { ROOT } from '../support/fixture';

let copy: Copy | undefined;
let shop: ChildProcess;
let base: string;

beforeAll(async () => {
  const home = closedFolder();
  copy = startCopy(home);
  const { api, apiKey, temporalAddress, temporalNamespace } = await copy.up;
  const connected = ['--address', api, '--key', apiKey];
  const applied = await throughline(EXAMPLE, ['apply', 'journey.yaml', '--yes', ...connected]);
  if (applied.code !== 0) throw new Error(applied.err);
  shop = spawn(process.execPath, [...NODE, path.join(EXAMPLE, 'main.ts')], {
    cwd: ROOT,
    env: {
      ...process.env,
      THROUGHLINE_API_URL: api,
      THROUGHLINE_API_KEY: apiKey,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: temporalNamespace,
      SHOP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  base = await listening(shop);
}, 180_000);

afterAll(async () => {
  if (shop?.exitCode === null) {
    shop.kill('SIGTERM');
    await once(shop, 'exit');
  }
  await copy?.stop();
  removeFolders();
});

const EXAMPLE = path.join(ROOT, 'examples/backend');
const NODE = ['--conditions=throughline-source', '--import', 'tsx'];

async function listening(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /listens on (\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`It ended with code ${code}: ${output}`)));
  });
}

async function ask<T = Record<string, unknown>>(route: string, body?: object) {
  const answer = await fetch(`${base}${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

test('a shop enrolls, looks on, holds and lets go, and the payment ends the journey', async () => {
  const ada = { email: 'ada@shop.example', firstName: 'Ada' };
  const left = await ask<{ journey: string }>('/carts/c1/left', ada);
  expect(left.status).toBe(202);
  const { journey } = left.body;
  const again = await ask('/carts/c2/left', ada);
  expect(again).toEqual({
    status: 409,
    body: { code: 'enrollment.blocked', reason: 'already_active' },
  });
  const live = () => ask<{ waiting: { node: string }[] }>(`/journeys/${journey}/live`);
  await eventually('she waits', async () => {
    const { status, body } = await live();
    return status === 200 && body.waiting[0]?.node === 'patience';
  });
  expect((await ask(`/journeys/${journey}/pause`, {})).body).toEqual({ status: 'applied' });
  expect((await live()).body).toMatchObject({ isPaused: true });
  expect((await ask(`/journeys/${journey}`)).body).toMatchObject({ status: 'paused' });
  expect((await ask(`/journeys/${journey}/resume`, {})).body).toEqual({ status: 'applied' });

  const paid = { email: ada.email };
  expect((await ask('/carts/c1/paid', paid)).body).toEqual({ isKnown: true });
  expect((await ask('/carts/c1/paid', paid)).body).toEqual({ isKnown: true });
  await eventually('the goal is reached', async () => {
    const { body } = await ask(`/journeys/${journey}`);
    return body['status'] === 'goal_reached' && body['goalId'] === 'paid';
  });
  const next = await ask<{ status: string; enrollmentId: string }>(
    `/journeys/${journey}/again`,
    {},
  );
  expect(next.body).toMatchObject({ status: 'enrolled' });
  expect((await ask(`/journeys/${next.body.enrollmentId}`)).status).toBe(200);
  const unknown = await ask('/carts/c9/paid', { email: 'nobody@shop.example' });
  expect(unknown.body).toEqual({ isKnown: false });
});
