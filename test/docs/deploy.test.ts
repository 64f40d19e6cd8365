/** What the pages about running it state: figures, versions, variables. Their links and names: links.test.ts. */
import figures from '../../bench/figures.json';
import results from '../../bench/results.json';
import { serverVersion } from '../support/temporal-server';
import { textOf } from './markdown';

test("each figure of docs/scaling.md is the benchmark's", () => {
  const rows = [
    ...textOf('docs/scaling.md').matchAll(
      /^\| [^|]+ \| ([\d.]+)(?: (?:ms|KB|MB|s))? \| `([\w.]+)` \|$/gm,
    ),
  ];
  expect(rows.length).toBeGreaterThan(40);
  const told = rows.map(([, value, path = '']) => [path, Number(value)]);
  const measured = rows.map(([, , path = '']) => [path, at({ ...results, ...figures }, path)]);
  expect(told).toEqual(measured);
});

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], value);
}

test('the tools of the compose file are of the release of its server', () => {
  const tools = [...textOf('docker-compose.yml').matchAll(/admin-tools:([\d.]+)/g)];
  expect(tools.map(([, version]) => version)).toEqual([serverVersion(), serverVersion()]);
});

test("docs/deploy.md names Temporal's variables as its library reads them", () => {
  const told = [...textOf('docs/deploy.md').matchAll(/`(TEMPORAL_[A-Z_]+)`/g)].map(
    ([, name = '']) => name,
  );
  const library = textOf('node_modules/@temporalio/envconfig/lib/envconfig-toml.js');
  expect(told.length).toBeGreaterThan(8);
  expect(told.filter((name) => !library.includes(name))).toEqual([]);
});

test('docs/security.md states the limits and ports of the code', () => {
  const page = textOf('docs/security.md');
  const limit = (file: string) =>
    Number(/MAX_RESPONSE_BYTES = ([\d_]+)/.exec(textOf(file))?.[1]?.replaceAll('_', ''));
  for (const file of ['activities/webhook.ts', 'activities/http-request.ts'])
    expect(page).toContain(limit(file).toLocaleString('en'));
  const [, ports = ''] =
    /PUBLIC_PORTS[^=]*= \[([\d, ]+)\]/.exec(textOf('src/channels/http-address.ts')) ?? [];
  const [last = '', ...others] = ports.split(', ').toReversed();
  expect(page).toContain(`on the ports ${others.toReversed().join(', ')} and ${last}.`);
});
